//! What editions told, so that later ones tell nothing twice.

use std::collections::HashMap;

use sqlx::{Sqlite, Transaction};

use super::{Result, Store, parsed, words_to_json};
use crate::domain::edition::{Run, Telling};

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
            let telling = match row.what.as_str() {
                "event" => {
                    let occurrence = Some(row.occurrence).filter(|start| !start.is_empty());
                    let occurrence = occurrence.as_deref().map(parsed).transpose()?;
                    Telling::Event { id: row.id, occurrence, date: row.date }
                }
                _ => Telling::Article { id: row.id },
            };
            told.entry(telling).or_default().push(Run { since: row.since, until: row.number });
        }
        Ok(told)
    }
}

/// Notes that edition `number` of a digest told these.
pub(super) async fn remember(
    transaction: &mut Transaction<'_, Sqlite>,
    slug: &str,
    number: i64,
    tellings: &[Telling],
) -> Result<()> {
    for telling in tellings {
        let (what, id, occurrence, date) = match telling {
            Telling::Event { id, occurrence, date } => {
                ("event", *id, occurrence.map(|start| start.to_string()).unwrap_or_default(), date.as_str())
            }
            Telling::Article { id } => ("article", *id, String::new(), ""),
        };
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
