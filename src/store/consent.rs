//! Consent: how people come to a digest and how they leave it.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, Sqlite, Transaction};

use super::forgotten::{forgotten_at, welcome_back};
use super::limits::{Limit, count_mail, limit_of_address, put_off};
use super::links::subject;
use super::queue::{insert_mail, queue_for_subscriber};
use super::suppressions::lift_suppression;
use super::{Result, Store, acts, from_json, instant, parsed, to_json, words_to_json};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::edition::Rendered;
use crate::domain::limits;
use crate::domain::network::Network;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{Consent, ConsentSource, NewSubscriber};
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

/// What became of a wish to subscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// A confirmation mail is queued; all else waits for the answer.
    Asked,
    /// Subscribed at once, somebody new.
    New,
    /// Subscribed at once, or what is known of the person changed.
    Changed,
    /// It was so already.
    Unchanged,
    /// Too many mails of this sort went out: nothing was done.
    Limited(Limit),
    /// The address was deleted for good, then: nothing was done. Only the person can come back.
    Forgotten(Timestamp),
    /// Nothing may be sent to the address: nothing was done.
    Suppressed,
}

impl Request {
    /// Why nothing was done for this address, if so.
    pub fn refusal(self, email: &EmailAddress) -> Option<Refused> {
        let refused = match self {
            Self::Asked | Self::New | Self::Changed | Self::Unchanged => return None,
            Self::Forgotten(at) => Refused::forbidden(format!(
                "{email} was deleted for good on {}: only the person can come back, by the form on the site or by the \
                 mail that asks somebody who is added without a consent",
                at.strftime("%Y-%m-%d")
            )),
            Self::Suppressed => Refused::conflict(format!("{email} bounced or complained: nothing is sent there")),
            Self::Limited(_) => Refused::limited(format!(
                "{email} got as many confirmation mails as may go to one address: {}, and only one if mail bounced: try \
                 again later",
                limits::told(&limits::TO_AN_ADDRESS)
            )),
        };
        Some(refused.about(Noun::Subscriber, email))
    }
}

/// What a confirmation link came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// What of its digests the person gets now. Nothing, if they have left since.
    pub digests: Vec<String>,
    /// Otherwise nothing was changed.
    pub is_first_use: bool,
}

/// What a confirmation link would confirm.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// By slug.
    pub digests: Vec<String>,
    /// The language that goes with the wish, or that the person chose before.
    pub locale: Option<String>,
}

/// The subscription behind an unsubscribe link.
#[derive(Debug, Clone)]
pub struct SubscriptionOf {
    pub email: EmailAddress,
    pub digest: String,
    pub status: Consent,
    pub locale: Option<String>,
}

impl Store {
    /// Takes a wish as a sign-up and queues the mail that asks whether it is the person's own. Until it is answered, what
    /// is known of the person stays.
    pub async fn ask_for_consent(&self, by: &Actor, sign_up: SignUp<'_>) -> Result<Request> {
        if let Some(network) = sign_up.network
            && let Some(limit) = self.count_wish(network).await?
        {
            return Ok(Request::Limited(limit));
        }
        let (key, now) = (self.token_key().await?, self.now());
        let mut transaction = self.begin().await?;
        let (answer, made) = ask(&mut transaction, &key, now, &sign_up).await?;
        if answer == Request::Asked {
            if let Some(id) = made.filter(|_| *by != Actor::Reader) {
                acts::note(&mut transaction, now, by, Deed::Added, (Noun::Subscriber, &id.to_string()), "").await?;
            }
            transaction.commit().await?;
        }
        Ok(answer)
    }

    /// The same for several in one transaction, none of them from the form; answered in this order. After an error
    /// nobody was asked.
    pub async fn ask_for_consents<'a>(&self, sign_ups: impl IntoIterator<Item = SignUp<'a>>) -> Result<Vec<Request>> {
        let key = self.token_key().await?;
        let mut transaction = self.begin().await?;
        let mut answers = Vec::new();
        for sign_up in sign_ups {
            // Whoever is not asked leaves no trace.
            let mut own = transaction.begin().await?;
            let (answer, _) = ask(&mut own, &key, self.now(), &sign_up).await?;
            match answer {
                Request::Asked => own.commit().await?,
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

    /// Confirms what one mail asked for, and nothing else; once. Whoever confirms proves that mail to the address
    /// arrives and is wanted: what kept mail from it is lifted. None if the person was removed since.
    pub async fn confirm(&self, sign_up: i64) -> Result<Option<Confirmed>> {
        let at = self.now().as_second();
        let key = self.token_key().await?;
        let mut transaction = self.begin().await?;
        let asked = sqlx::query!(
            "SELECT subscriber_id, email_key, origin, sign_up.created_at, confirmed_at
             FROM sign_up JOIN subscriber ON subscriber.id = subscriber_id WHERE sign_up.id = $1",
            sign_up
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(asked) = asked else { return Ok(None) };
        let is_first_use = asked.confirmed_at.is_none();
        if is_first_use {
            let note = consent_note(&asked.origin, instant(asked.created_at)?);
            sqlx::query!(
                "UPDATE subscription SET status = 'confirmed', consent_at = $2, consent_note = $3, left_at = NULL
                 WHERE status = 'pending'
                   AND subscriber_id = (SELECT subscriber_id FROM sign_up WHERE id = $1)
                   AND digest_id IN (SELECT digest.id FROM sign_up, json_each(digests) wanted
                                     JOIN digest ON digest.slug = wanted.value WHERE sign_up.id = $1)",
                sign_up,
                at,
                note
            )
            .execute(&mut *transaction)
            .await?;
            sqlx::query!("UPDATE sign_up SET confirmed_at = $2 WHERE id = $1", sign_up, at)
                .execute(&mut *transaction)
                .await?;
        }
        let digests = sqlx::query_scalar!(
            "SELECT slug FROM sign_up JOIN subscription USING (subscriber_id) JOIN digest ON digest.id = digest_id
             WHERE sign_up.id = $1 AND status = 'confirmed' AND slug IN (SELECT value FROM json_each(digests))
             ORDER BY slug",
            sign_up
        )
        .fetch_all(&mut *transaction)
        .await?;
        if is_first_use && !digests.is_empty() {
            // Only now is it known that the wish came from the person.
            sqlx::query!(
                "UPDATE subscriber SET topics = coalesce(s.topics, subscriber.topics),
                        kinds = coalesce(s.kinds, subscriber.kinds),
                        timezone = coalesce(s.timezone, subscriber.timezone),
                        send_hour = coalesce(s.send_hour, subscriber.send_hour),
                        locale = coalesce(s.locale, subscriber.locale), name = coalesce(s.name, subscriber.name)
                 FROM sign_up s WHERE s.id = $1 AND subscriber.id = s.subscriber_id",
                sign_up
            )
            .execute(&mut *transaction)
            .await?;
            lift_suppression(&mut transaction, asked.subscriber_id, false).await?;
            welcome_back(&mut transaction, &key.fingerprint(&asked.email_key)).await?;
        }
        transaction.commit().await?;
        Ok(Some(Confirmed { digests, is_first_use }))
    }

    /// The subscription behind a link; none if the person was removed since.
    pub async fn subscription(&self, id: i64) -> Result<Option<SubscriptionOf>> {
        let row = sqlx::query!(
            "SELECT email, slug, status, locale FROM subscription
             JOIN subscriber ON subscriber.id = subscriber_id JOIN digest ON digest.id = digest_id
             WHERE subscription.id = $1",
            id
        )
        .fetch_optional(&self.read)
        .await?;
        let subscription = row.map(|row| {
            let (email, status) = (parsed(&row.email)?, parsed(&row.status)?);
            Ok(SubscriptionOf { email, digest: row.slug, status, locale: row.locale })
        });
        subscription.transpose()
    }

    /// Ends one subscription, or all that the same person has. A second time it changes nothing.
    pub async fn leave(&self, subscription_id: i64, all: bool) -> Result<()> {
        let at = self.now().as_second();
        sqlx::query!(
            "UPDATE subscription SET status = 'left', left_at = $3
             WHERE status <> 'left' AND (id = $1 OR ($2 AND subscriber_id =
                   (SELECT subscriber_id FROM subscription WHERE id = $1)))",
            subscription_id,
            all,
            at
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}

/// Keeps a sign-up and queues its mail, if nothing speaks against it; otherwise what is written is to be taken back. The
/// id of who was not known before comes with it.
pub(super) async fn ask(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &TokenKey,
    now: Timestamp,
    sign_up: &SignUp<'_>,
) -> Result<(Request, Option<i64>)> {
    let SignUp { wish, network, only_once, letter, mail_domain, .. } = *sign_up;
    let hash = key.fingerprint(&wish.email.key());
    if only_once && let Some(at) = forgotten_at(transaction, &hash).await? {
        return Ok((Request::Forgotten(at), None));
    }
    let (id, is_new) = find_or_insert(transaction, wish, now).await?;
    let open = open_digests(transaction, id, &wish.digests, only_once).await?;
    if open.is_empty() {
        return Ok((Request::Unchanged, None));
    }
    if only_once && is_suppressed(transaction, id).await? {
        return Ok((Request::Suppressed, None));
    }
    if let Some(limit) = limit_of_address(transaction, id, now).await? {
        return Ok((Request::Limited(limit), None));
    }
    let due = match network {
        Some(_) => match count_mail(transaction, key, &wish.email, now).await? {
            Ok(due) => due,
            Err(limit) => return Ok((Request::Limited(limit), None)),
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
    Ok((Request::Asked, Some(id).filter(|_| is_new)))
}

/// For the record: what was asked, how, when, and by what it was answered.
fn consent_note(origin: &str, asked_at: Timestamp) -> String {
    match origin {
        "" => "confirmed by mail".to_owned(),
        origin => format!("confirmed by mail, asked for {origin} at {asked_at}"),
    }
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

/// One subscription brought to what `source` allows; whether that changed anything.
pub(super) async fn subscribe_to(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    slug: &str,
    source: &ConsentSource,
) -> Result<bool> {
    let digest_id = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM digest WHERE slug = $1"#, slug)
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(|| Refused::not_found(Noun::Digest, slug))?;
    let (status, at, note) = match source {
        ConsentSource::AskByMail | ConsentSource::AskOnce => (Consent::Pending, None, None),
        ConsentSource::Recorded { at, note } => (Consent::Confirmed, Some(at.as_second()), Some(note)),
    };
    let status_text = status.as_str();
    // Who agreed is not asked again, a wish that waits goes on waiting, and who left after they agreed has left.
    let changed = sqlx::query!(
        "INSERT INTO subscription (nonce, subscriber_id, digest_id, status, consent_at, consent_note)
         VALUES (randomblob(8), $1, $2, $3, $4, $5)
         ON CONFLICT (subscriber_id, digest_id) DO UPDATE
            SET status = excluded.status, consent_at = excluded.consent_at, consent_note = excluded.consent_note,
                left_at = NULL
            WHERE subscription.status NOT IN ('confirmed', excluded.status)
              AND coalesce(subscription.left_at <= excluded.consent_at, TRUE)",
        subscriber_id,
        digest_id,
        status_text,
        at,
        note
    )
    .execute(&mut **transaction)
    .await?
    .rows_affected()
        > 0;
    Ok(changed)
}
