//! Wishes that wait to be confirmed: each is a sign-up with a mail that asks.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, Sqlite, Transaction};

use super::consent::{WishOutcome, subscribe_to};
use super::forgotten::forgotten_at;
use super::limits::{count_mail, limit_of_address, put_off};
use super::links::subject;
use super::queue::{insert_mail, queue_for_subscriber};
use super::{Result, Store, acts, from_json, to_json, words_to_json};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::Rendered;
use crate::domain::network::Network;
use crate::domain::refused::Noun;
use crate::domain::subscriber::{ConsentSource, NewSubscriber};
use crate::domain::token::{CONFIRM_HOURS, Purpose, Subject, TokenKey};

/// A wish that a mail is to ask about.
pub struct SignUp<'a> {
    pub wish: &'a NewSubscriber,
    /// How it came to us, for the record of consent: `on https://events.example.org/subscribe`.
    pub origin: &'a str,
    /// Of a wish from the form: where it was sent from.
    pub network: Option<Network>,
    /// Nobody is asked who was asked before, whatever they answered.
    pub only_once: bool,
    /// The mail that asks, made before anything is written; the link's token is put into it.
    pub letter: &'a Rendered,
    /// The domain of its Message-ID.
    pub mail_domain: &'a str,
}

/// What a confirmation link would confirm.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// By slug.
    pub digests: Vec<String>,
    /// The language that goes with the wish, or that the person chose before.
    pub locale: Option<String>,
}

impl Store {
    /// Takes a wish as a sign-up and queues the mail that asks whether it is the person's own. Until it is answered, what
    /// is known of the person stays.
    pub async fn ask_for_consent(&self, by: &Actor, sign_up: SignUp<'_>) -> Result<WishOutcome> {
        if let Some(network) = sign_up.network
            && let Some(limit) = self.count_wish(network).await?
        {
            return Ok(WishOutcome::Limited(limit));
        }
        let (key, now) = (self.token_key().await?, self.now());
        let mut transaction = self.begin().await?;
        let (answer, made) = ask(&mut transaction, &key, now, &sign_up).await?;
        if answer == WishOutcome::Asked {
            if let Some(id) = made.filter(|_| *by != Actor::Reader) {
                acts::note(&mut transaction, now, by, Deed::Added, (Noun::Subscriber, &id.to_string()), "").await?;
            }
            transaction.commit().await?;
        }
        Ok(answer)
    }

    /// The same for several in one transaction, none of them from the form; answered in this order. After an error
    /// nobody was asked.
    pub async fn ask_for_consents<'a>(
        &self,
        sign_ups: impl IntoIterator<Item = SignUp<'a>>,
    ) -> Result<Vec<WishOutcome>> {
        let key = self.token_key().await?;
        let mut transaction = self.begin().await?;
        let mut answers = Vec::new();
        for sign_up in sign_ups {
            // Whoever is not asked leaves no trace.
            let mut own = transaction.begin().await?;
            let (answer, _) = ask(&mut own, &key, self.now(), &sign_up).await?;
            match answer {
                WishOutcome::Asked => own.commit().await?,
                _ => own.rollback().await?,
            }
            answers.push(answer);
        }
        transaction.commit().await?;
        Ok(answers)
    }

    /// What a confirmation link would confirm. None if the person was removed since.
    pub async fn sign_up(&self, id: i64) -> Result<Option<AskedFor>> {
        let row = sqlx::query!(
            "SELECT digests, coalesce(sign_up.locale, subscriber.locale) AS locale
             FROM sign_up JOIN subscriber ON subscriber.id = subscriber_id WHERE sign_up.id = $1",
            id
        );
        let row = row.fetch_optional(&self.read).await?;
        row.map(|row| Ok(AskedFor { digests: from_json(&row.digests)?, locale: row.locale })).transpose()
    }
}

/// Keeps a sign-up and queues its mail, if nothing speaks against it; otherwise what is written is to be taken back. The
/// id of who was not known before comes with it.
pub(super) async fn ask(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &TokenKey,
    now: Timestamp,
    sign_up: &SignUp<'_>,
) -> Result<(WishOutcome, Option<i64>)> {
    let SignUp { wish, network, only_once, letter, mail_domain, .. } = *sign_up;
    let hash = key.fingerprint(&wish.email.key());
    if only_once && let Some(at) = forgotten_at(transaction, &hash).await? {
        return Ok((WishOutcome::Forgotten(at), None));
    }
    let (id, is_new) = find_or_insert(transaction, wish, now).await?;
    let open = open_digests(transaction, id, &wish.digests, only_once).await?;
    if open.is_empty() {
        return Ok((WishOutcome::Unchanged, None));
    }
    if only_once && is_suppressed(transaction, id).await? {
        return Ok((WishOutcome::Suppressed, None));
    }
    if let Some(limit) = limit_of_address(transaction, id, now).await? {
        return Ok((WishOutcome::Limited(limit), None));
    }
    let due = match network {
        Some(_) => match count_mail(transaction, key, &wish.email, now).await? {
            Ok(due) => due,
            Err(limit) => return Ok((WishOutcome::Limited(limit), None)),
        },
        None => now,
    };
    for slug in &open {
        subscribe_to(transaction, id, slug, &ConsentSource::AskByMail).await?;
    }
    let asked = insert_sign_up(transaction, id, sign_up, now).await?;
    let expires = now + SignedDuration::from_hours(CONFIRM_HOURS);
    let letter = letter.with_token(&key.seal(Purpose::Confirm, asked, Some(expires)));
    let mail = insert_mail(transaction, None, &letter).await?;
    queue_for_subscriber(transaction, mail, id, mail_domain, now).await?;
    put_off(transaction, mail, due).await?;
    Ok((WishOutcome::Asked, Some(id).filter(|_| is_new)))
}

/// The person's id, and whether it was made here.
async fn find_or_insert(
    transaction: &mut Transaction<'_, Sqlite>,
    wish: &NewSubscriber,
    now: Timestamp,
) -> Result<(i64, bool)> {
    let (key, email, at) = (wish.email.key(), wish.email.as_str(), now.as_second());
    let known = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM subscriber WHERE email_key = $1"#, key)
        .fetch_optional(&mut **transaction)
        .await?;
    if let Some(id) = known {
        return Ok((id, false));
    }
    let topics = to_json(wish.topics.as_deref().unwrap_or_default());
    let kinds = words_to_json(wish.kinds.as_deref().unwrap_or_default());
    let (name, zone) = (wish.name.as_deref().unwrap_or_default(), wish.timezone.as_ref().map(|zone| zone.name()));
    let hour = wish.send_hour.map(|hour| hour.number());
    let id = sqlx::query_scalar!(
        "INSERT INTO subscriber (nonce, email, email_key, name, topics, kinds, timezone, send_hour, locale, created_at)
         VALUES (randomblob(8), $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        email,
        key,
        name,
        topics,
        kinds,
        zone,
        hour,
        wish.locale,
        at
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok((id, true))
}

/// Those of the wanted digests that the person may be asked for: not confirmed and, with `only_once`, never asked.
/// Whom nothing may be sent to has yet to prove that mail arrives again, whatever was confirmed before.
async fn open_digests(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    wanted: &[String],
    only_once: bool,
) -> Result<Vec<String>> {
    let closed = sqlx::query_scalar!(
        "SELECT slug FROM subscription JOIN digest ON digest.id = digest_id
         JOIN subscriber ON subscriber.id = subscriber_id
         WHERE subscriber_id = $1 AND (status = 'confirmed' AND suppressed IS NULL OR $2)",
        id,
        only_once
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(wanted.iter().filter(|slug| !closed.contains(slug)).cloned().collect())
}

async fn is_suppressed(transaction: &mut Transaction<'_, Sqlite>, id: i64) -> Result<bool> {
    let found = sqlx::query_scalar!("SELECT suppressed FROM subscriber WHERE id = $1", id);
    Ok(found.fetch_optional(&mut **transaction).await?.flatten().is_some())
}

async fn insert_sign_up(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    sign_up: &SignUp<'_>,
    now: Timestamp,
) -> Result<Subject> {
    let wish = sign_up.wish;
    let (digests, topics) = (to_json(&wish.digests), wish.topics.as_deref().map(to_json));
    let (kinds, hour) = (wish.kinds.as_deref().map(words_to_json), wish.send_hour.map(|hour| hour.number()));
    let (zone, at) = (wish.timezone.as_ref().map(|zone| zone.name()), now.as_second());
    let network = sign_up.network.map(|network| network.to_string());
    let made = sqlx::query!(
        "INSERT INTO sign_up (nonce, subscriber_id, digests, name, topics, kinds, timezone, send_hour, locale, origin,
                              network, created_at)
         VALUES (randomblob(8), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id AS \"id!\", nonce",
        subscriber_id,
        digests,
        wish.name,
        topics,
        kinds,
        zone,
        hour,
        wish.locale,
        sign_up.origin,
        network,
        at
    )
    .fetch_one(&mut **transaction)
    .await?;
    subject(made.id, made.nonce)
}
