//! Consents that were got elsewhere, such as those of a table: many in one transaction.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::consent::WishOutcome;
use super::{Error, Result, Store, acts, instant, to_json, words_to_json};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::NewSubscriber;
use crate::domain::token::TokenKey;

/// So many are taken in one transaction; another that writes waits for it.
pub const RECORDED_AT_ONCE: usize = 2000;

/// A consent, when it was given and how.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub wish: NewSubscriber,
    pub at: Timestamp,
    pub note: String,
}

/// A consent under the key of its address.
type Keyed<'a> = (&'a str, &'a Recorded);

impl Store {
    /// Takes a consent that was got elsewhere. Unless it is one of a table, the log of acts tells of somebody new.
    pub async fn record_consent(&self, by: &Actor, consent: Recorded) -> Result<WishOutcome> {
        let key = consent.wish.email.key();
        let answers = self.record_run(&self.token_key().await?, &[(&key, &consent)], Some(by)).await?;
        answers.into_iter().next().ok_or_else(|| Error::Damaged("it took no consent".into()))
    }

    /// Takes consents in this order, and answers in it. They count at once, but not against somebody who left after
    /// them, nor for an address that was forgotten. After an error some of those before it may have been taken.
    pub async fn record_consents(&self, consents: &[Recorded]) -> Result<Vec<WishOutcome>> {
        let token_key = self.token_key().await?;
        let keys: Vec<String> = consents.iter().map(|consent| consent.wish.email.key()).collect();
        let keyed: Vec<Keyed<'_>> = keys.iter().map(String::as_str).zip(consents).collect();
        let mut answers = Vec::with_capacity(consents.len());
        let mut rest = keyed.as_slice();
        while !rest.is_empty() {
            let (run, after) = rest.split_at(run_length(rest));
            answers.extend(self.record_run(&token_key, run, None).await?);
            rest = after;
        }
        Ok(answers)
    }

    async fn record_run(
        &self,
        token_key: &TokenKey,
        run: &[Keyed<'_>],
        by: Option<&Actor>,
    ) -> Result<Vec<WishOutcome>> {
        let mut transaction = self.begin().await?;
        let forgotten = forgotten_among(&mut transaction, token_key, run).await?;
        let digests = digest_ids(&mut transaction).await?;
        let welcome: Vec<Keyed<'_>> = run.iter().filter(|(key, _)| !forgotten.contains_key(*key)).copied().collect();
        let known = known_among(&mut transaction, &welcome).await?;
        let (old, new): (Vec<_>, Vec<_>) = welcome.into_iter().partition(|(key, _)| known.contains_key(*key));
        insert_people(&mut transaction, &new, self.now()).await?;
        let first = subscriptions(&new, &digests)?;
        sqlx::query!(
            "INSERT INTO subscription (nonce, subscriber_id, digest_id, status, consent_at, consent_note)
             SELECT randomblob(8), subscriber.id, digest.value, 'confirmed', given.value ->> 1, given.value ->> 2
             FROM json_each($1) given CROSS JOIN json_each(given.value, '$[3]') digest
             CROSS JOIN subscriber ON email_key = given.value ->> 0",
            first
        )
        .execute(&mut *transaction)
        .await?;
        let mut changed = HashSet::new();
        if !old.is_empty() {
            changed.extend(update_people(&mut transaction, &old, &known).await?);
            changed.extend(renew_subscriptions(&mut transaction, &subscriptions(&old, &digests)?).await?);
        }
        if let Some(by) = by {
            for id in known_among(&mut transaction, &new).await?.into_values() {
                acts::note(&mut transaction, self.now(), by, Deed::Added, (Noun::Subscriber, &id.to_string()), "")
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(run
            .iter()
            .map(|(key, _)| match (forgotten.get(*key), known.get(*key)) {
                (Some(at), _) => WishOutcome::Forgotten(*at),
                (None, None) => WishOutcome::New,
                (None, Some(id)) if changed.contains(id) => WishOutcome::Changed,
                (None, Some(_)) => WishOutcome::Unchanged,
            })
            .collect())
    }
}

/// How many fit into one transaction: nobody is in it twice, since the second time depends on the first.
fn run_length(consents: &[Keyed<'_>]) -> usize {
    let mut seen = HashSet::new();
    consents.iter().take(RECORDED_AT_ONCE).take_while(|(key, _)| seen.insert(*key)).count()
}

/// Those who were forgotten, by key, and when.
async fn forgotten_among<'a>(
    transaction: &mut Transaction<'_, Sqlite>,
    token_key: &TokenKey,
    run: &[Keyed<'a>],
) -> Result<HashMap<&'a str, Timestamp>> {
    let is_anybody = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM forgotten) AS "is_anybody: bool""#);
    if !is_anybody.fetch_one(&mut **transaction).await? {
        return Ok(HashMap::new());
    }
    let hashes: HashMap<String, &str> = run.iter().map(|(key, _)| (token_key.fingerprint(key), *key)).collect();
    let wanted = json!(hashes.keys().collect::<Vec<_>>()).to_string();
    let found = sqlx::query!("SELECT hash, at FROM forgotten WHERE hash IN (SELECT value FROM json_each($1))", wanted);
    let found = found.fetch_all(&mut **transaction).await?;
    found
        .into_iter()
        .filter_map(|row| Some((*hashes.get(&row.hash)?, row.at)))
        .map(|(key, at)| Ok((key, instant(at)?)))
        .collect()
}

async fn digest_ids(transaction: &mut Transaction<'_, Sqlite>) -> Result<HashMap<String, i64>> {
    let all = sqlx::query!("SELECT slug, id FROM digest").fetch_all(&mut **transaction).await?;
    Ok(all.into_iter().map(|row| (row.slug, row.id)).collect())
}

/// Those who are known already, by key.
async fn known_among(transaction: &mut Transaction<'_, Sqlite>, run: &[Keyed<'_>]) -> Result<HashMap<String, i64>> {
    let keys = json!(run.iter().map(|(key, _)| key).collect::<Vec<_>>()).to_string();
    let found = sqlx::query!(
        r#"SELECT email_key, subscriber.id AS "id!"
           FROM json_each($1) given CROSS JOIN subscriber ON email_key = given.value"#,
        keys
    );
    Ok(found.fetch_all(&mut **transaction).await?.into_iter().map(|row| (row.email_key, row.id)).collect())
}

/// What is said of a person beside the digests, in the order of the columns.
fn details(wish: &NewSubscriber) -> [Value; 6] {
    [
        json!(wish.name),
        json!(wish.topics.as_deref().map(to_json)),
        json!(wish.kinds.as_deref().map(words_to_json)),
        json!(wish.timezone.as_ref().map(|zone| zone.name())),
        json!(wish.send_hour.map(|hour| hour.number())),
        json!(wish.locale),
    ]
}

async fn insert_people(transaction: &mut Transaction<'_, Sqlite>, new: &[Keyed<'_>], now: Timestamp) -> Result<()> {
    let row = |(key, consent): &Keyed<'_>| {
        let [name, topics, kinds, zone, hour, locale] = details(&consent.wish);
        json!([consent.wish.email.as_str(), key, name, topics, kinds, zone, hour, locale])
    };
    let (rows, at) = (Value::from_iter(new.iter().map(row)).to_string(), now.as_second());
    sqlx::query!(
        "INSERT INTO subscriber (nonce, email, email_key, name, topics, kinds, timezone, send_hour, locale, created_at)
         SELECT randomblob(8), value ->> 0, value ->> 1, coalesce(value ->> 2, ''), coalesce(value ->> 3, '[]'),
                coalesce(value ->> 4, '[]'), value ->> 5, value ->> 6, value ->> 7, $2
         FROM json_each($1)",
        rows,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Takes over what is said beside the digests; the ids of those of whom that changed anything.
async fn update_people(
    transaction: &mut Transaction<'_, Sqlite>,
    old: &[Keyed<'_>],
    known: &HashMap<String, i64>,
) -> Result<Vec<i64>> {
    let row = |(key, consent): &Keyed<'_>| {
        let [name, topics, kinds, zone, hour, locale] = details(&consent.wish);
        json!([known.get(*key), name, topics, kinds, zone, hour, locale])
    };
    let rows = Value::from_iter(old.iter().map(row)).to_string();
    let changed = sqlx::query_scalar!(
        r#"UPDATE subscriber
           SET name = coalesce(value ->> 1, name), topics = coalesce(value ->> 2, topics),
               kinds = coalesce(value ->> 3, kinds), timezone = coalesce(value ->> 4, timezone),
               send_hour = coalesce(value ->> 5, send_hour), locale = coalesce(value ->> 6, locale)
           FROM json_each($1)
           WHERE subscriber.id = value ->> 0
             AND (coalesce(value ->> 1, name) <> name OR coalesce(value ->> 2, topics) <> topics
               OR coalesce(value ->> 3, kinds) <> kinds OR coalesce(value ->> 4, timezone) IS NOT timezone
               OR coalesce(value ->> 5, send_hour) IS NOT send_hour OR coalesce(value ->> 6, locale) IS NOT locale)
           RETURNING subscriber.id AS "id!""#,
        rows
    );
    Ok(changed.fetch_all(&mut **transaction).await?)
}

/// For each: the key, when, how, and the ids of the digests.
fn subscriptions(consents: &[Keyed<'_>], digests: &HashMap<String, i64>) -> Result<String> {
    let id = |slug: &String| {
        let missing = || Error::from(Refused::not_found(Noun::Digest, slug));
        digests.get(slug).copied().ok_or_else(missing)
    };
    let row = |(key, consent): &Keyed<'_>| {
        // Each once, whatever was said.
        let wanted = consent.wish.digests.iter().map(id).collect::<Result<BTreeSet<i64>>>()?;
        Ok(json!([key, consent.at.as_second(), consent.note, wanted]))
    };
    Ok(Value::Array(consents.iter().map(row).collect::<Result<_>>()?).to_string())
}

/// The ids of those of whom that changed anything: who agreed is left alone, and who left after this has left.
async fn renew_subscriptions(transaction: &mut Transaction<'_, Sqlite>, given: &str) -> Result<Vec<i64>> {
    let changed = sqlx::query_scalar!(
        r#"INSERT INTO subscription (nonce, subscriber_id, digest_id, status, consent_at, consent_note)
           SELECT randomblob(8), subscriber.id, digest.value, 'confirmed', given.value ->> 1, given.value ->> 2
           FROM json_each($1) given CROSS JOIN json_each(given.value, '$[3]') digest
           CROSS JOIN subscriber ON email_key = given.value ->> 0
           WHERE TRUE
           ON CONFLICT (subscriber_id, digest_id) DO UPDATE
              SET status = excluded.status, consent_at = excluded.consent_at, consent_note = excluded.consent_note,
                  left_at = NULL
              WHERE subscription.status <> 'confirmed'
                AND coalesce(subscription.left_at <= excluded.consent_at, TRUE)
           RETURNING subscriber_id AS "subscriber_id!""#,
        given
    );
    Ok(changed.fetch_all(&mut **transaction).await?)
}
