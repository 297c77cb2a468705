//! What editions told, so that later ones tell nothing twice.

use std::collections::HashMap;

use sqlx::{Sqlite, Transaction};

use super::{Result, Store, parsed, words_to_json};
use crate::domain::edition::{Edition, Run, Telling};

impl Store {
    /// What a digest's editions told of these events and articles, and which of them did.
    pub async fn told(&self, slug: &str, events: &[i64], articles: &[i64]) -> Result<HashMap<Telling, Vec<Run>>> {
        let (events, articles) = (words_to_json(events), words_to_json(articles));
        let rows = sqlx::query!(
            "SELECT what, id, occurrence, date, since, number FROM told
             WHERE digest_id = (SELECT digest.id FROM digest WHERE slug = $1)
               AND (what = 'event' AND id IN (SELECT value FROM json_each($2))
                    OR what = 'article' AND id IN (SELECT value FROM json_each($3)))",
            slug,
            events,
            articles
        )
        .fetch_all(&self.read)
        .await?;
        let mut told: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let telling = telling(&row.what, row.id, row.occurrence, row.date)?;
            told.entry(telling).or_default().push(Run { since: row.since, until: row.number });
        }
        Ok(told)
    }

    /// What an edition told.
    pub async fn told_by(&self, edition: &Edition) -> Result<Vec<Telling>> {
        let rows = sqlx::query!(
            "SELECT what, id, occurrence, date FROM told
             WHERE digest_id = (SELECT digest_id FROM edition WHERE edition.id = $1) AND $2 BETWEEN since AND number
             ORDER BY what, id, occurrence",
            edition.id,
            edition.number
        );
        let rows = rows.fetch_all(&self.read).await?.into_iter();
        rows.map(|row| telling(&row.what, row.id, row.occurrence, row.date)).collect()
    }
}

fn telling(what: &str, id: i64, occurrence: String, date: String) -> Result<Telling> {
    Ok(match what {
        "event" => {
            let occurrence = Some(occurrence).filter(|start| !start.is_empty());
            Telling::Event { id, occurrence: occurrence.as_deref().map(parsed).transpose()?, date }
        }
        _ => Telling::Article { id },
    })
}

/// As the columns `what`, `id`, `occurrence` and `date` have it.
fn columns(telling: &Telling) -> (&'static str, i64, String, &str) {
    match telling {
        Telling::Event { id, occurrence, date } => {
            ("event", *id, occurrence.map(|start| start.to_string()).unwrap_or_default(), date)
        }
        Telling::Article { id } => ("article", *id, String::new(), ""),
    }
}

/// Part of the transaction that changes a date in silence: who was told the old one counts as told the new one.
pub(super) async fn count_as_told(
    transaction: &mut Transaction<'_, Sqlite>,
    before: &Telling,
    after: &Telling,
) -> Result<()> {
    let ((what, id, occurrence, old), (.., new)) = (columns(before), columns(after));
    sqlx::query!(
        "INSERT INTO told (digest_id, what, id, occurrence, date, since, number)
         SELECT digest_id, what, id, occurrence, $5, since, number FROM told
         WHERE what = $1 AND id = $2 AND occurrence = $3 AND date = $4
         ON CONFLICT DO UPDATE SET number = max(number, excluded.number)",
        what,
        id,
        occurrence,
        old,
        new
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Notes that edition `number` of a digest told these.
pub(super) async fn remember(
    transaction: &mut Transaction<'_, Sqlite>,
    slug: &str,
    number: i64,
    tellings: &[Telling],
) -> Result<()> {
    for telling in tellings {
        let (what, id, occurrence, date) = columns(telling);
        sqlx::query!(
            "INSERT INTO told (digest_id, what, id, occurrence, date, since, number)
             SELECT digest.id, $2, $3, $4, $5,
                    coalesce((SELECT since FROM told WHERE digest_id = digest.id AND what = $2 AND told.id = $3
                                 AND occurrence = $4 AND date = $5 AND number = $6 - 1), $6), $6
             FROM digest WHERE slug = $1
             ON CONFLICT DO UPDATE SET number = excluded.number",
            slug,
            what,
            id,
            occurrence,
            date,
            number
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
