//! What editors change about people, each change in one transaction with the line of the log that tells of it.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::consent::{WishOutcome, subscribe_to};
use super::forgotten::forgotten_at;
use super::sign_ups::{SignUp, ask};
use super::subscribers::{find, no_subscriber};
use super::{Result, Store, acts, to_json, words_to_json};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::edition::Rendered;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{ConsentSource, Edited, EditedSubscriber, NewSubscriber, Subscriber};

/// How somebody comes to a digest that they have not agreed to get.
#[derive(Debug, Clone, Copy)]
pub enum Joining<'a> {
    /// This mail asks them first; the link's token is put into it. With `only_once`, nobody who was asked before.
    Asked { letter: &'a Rendered, origin: &'a str, mail_domain: &'a str, only_once: bool },
    /// They agreed elsewhere, then and so.
    Recorded { at: Timestamp, note: &'a str },
}

impl Store {
    /// Changes somebody who is known as `decide` says: all of it, or nothing if that is refused.
    pub async fn edit_subscriber(
        &self,
        by: &Actor,
        email: &EmailAddress,
        joining: Joining<'_>,
        decide: impl FnOnce(&Subscriber) -> std::result::Result<EditedSubscriber, Refused>,
    ) -> Result<Edited> {
        let (key, now) = (self.token_key().await?, self.now());
        let mut transaction = self.begin().await?;
        let known = find(&mut transaction, email).await?.ok_or_else(|| no_subscriber(email))?;
        let decided = decide(&known)?;
        let (id, email) = (known.id, &known.email);
        if !decided.changes.is_empty() {
            update(&mut transaction, &decided.subscriber).await?;
        }
        for slug in &decided.leaves {
            end(&mut transaction, id, slug, now).await?;
        }
        let (mut joined, mut asked) = (Vec::new(), Vec::new());
        match joining {
            _ if decided.joins.is_empty() => {}
            Joining::Asked { letter, origin, mail_domain, only_once } => {
                let wish = &NewSubscriber::of(email.clone(), decided.joins);
                let sign_up = SignUp { wish, origin, network: None, only_once, letter, mail_domain };
                let (answer, _) = ask(&mut transaction, &key, now, &sign_up).await?;
                answer.refusal(email).map_or(Ok(()), Err)?;
                asked.clone_from(&wish.digests);
            }
            Joining::Recorded { at, note } => {
                if let Some(at) = forgotten_at(&mut transaction, &key.fingerprint(&email.key())).await? {
                    WishOutcome::Forgotten(at).refusal(email).map_or(Ok(()), Err)?;
                }
                let source = ConsentSource::Recorded { at, note: note.to_owned() };
                for slug in decided.joins {
                    if subscribe_to(&mut transaction, id, &slug, &source).await? {
                        joined.push(slug);
                    }
                }
            }
        }
        let subscriber = find(&mut transaction, email).await?.ok_or_else(|| no_subscriber(email))?;
        let changes = decided.changes.into_iter().chain(subscriber.digests_since(&known)).collect();
        let edited = Edited { subscriber, changes, joined, asked, left: decided.leaves };
        if !edited.is_nothing() {
            let what = (Noun::Subscriber, id.to_string());
            acts::note(&mut transaction, now, by, Deed::Edited, (what.0, &what.1), &edited.detail()).await?;
        }
        transaction.commit().await?;
        Ok(edited)
    }
}

async fn update(transaction: &mut Transaction<'_, Sqlite>, new: &Subscriber) -> Result<()> {
    let (topics, kinds) = (to_json(&new.topics), words_to_json(&new.kinds));
    let (zone, hour) = (new.timezone.as_ref().map(|zone| zone.name()), new.send_hour.map(|hour| hour.number()));
    sqlx::query!(
        "UPDATE subscriber SET name = $2, topics = $3, kinds = $4, timezone = $5, send_hour = $6, locale = $7
         WHERE id = $1",
        new.id,
        new.name,
        topics,
        kinds,
        zone,
        hour,
        new.locale
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Also of what waits to be confirmed.
async fn end(transaction: &mut Transaction<'_, Sqlite>, id: i64, slug: &str, now: Timestamp) -> Result<()> {
    let at = now.as_second();
    sqlx::query!(
        "UPDATE subscription SET status = 'left', left_at = $3
         WHERE subscriber_id = $1 AND status <> 'left' AND digest_id = (SELECT id FROM digest WHERE slug = $2)",
        id,
        slug,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
