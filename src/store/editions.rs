//! An edition with all its deliveries in one transaction.

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::acts::note;
use super::alerts::queue_notice;
use super::archive::insert_archived;
use super::digests::settle;
use super::groups::{Grouping, ReaderGroup, group_keys};
use super::marks::{fetch_marks, use_marks};
use super::notes::{fetch_notes, use_notes};
use super::queue::insert_mail;
use super::{Error, Notice, Result, Store, instant, told, words_to_json};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::{Archived, Edition, Hold, Rendered, Telling};
use crate::domain::mark::EditionMarks;
use crate::domain::note::EditorsNotes;
use crate::domain::refused::Noun;
use crate::domain::wording::count;

/// An edition about to be made.
#[derive(Debug, Clone)]
pub struct NewEdition<'a> {
    pub digest: &'a str,
    pub scheduled_for: Timestamp,
    /// The newest line of history it takes in.
    pub history_head: i64,
    /// The domain of its deliveries' Message-IDs.
    pub mail_domain: &'a str,
    /// Who wants it. None: it is scheduled, and stands for all moments up to its own, so that the daemon makes no other
    /// for them.
    pub by: Option<&'a Actor>,
    /// The line of history behind which it begins to tell.
    pub history_since: i64,
    /// Which readers are told apart.
    pub grouping: &'a Grouping,
    /// What it tells anybody.
    pub tellings: &'a [Telling],
    /// How everybody may read it, in each language.
    pub archived: &'a [Archived],
    /// What it says for its editors.
    pub notes: &'a EditorsNotes,
    /// What its editors want of its entries.
    pub marks: &'a EditionMarks,
    /// The number of the digest's last edition, 0 if there was none: it tells what that and those before have not told.
    /// None: whichever.
    pub follows: Option<i64>,
    /// What is told of it to single people.
    pub notices: &'a [Notice],
}

/// What a group gets of an edition.
#[derive(Debug, Clone)]
pub struct Portion {
    pub group: ReaderGroup,
    /// Which of the mails; none where there is nothing to tell.
    pub mail: Option<usize>,
    /// When it is to be sent.
    pub next_at: Timestamp,
}

/// What became of an edition about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    Edition(Edition),
    /// There is one for that moment.
    Already,
    /// Nothing was made: some readers chose what there is no portion for.
    OtherGroups,
    /// Nothing was made: its editors say something else by now, or another edition was made meanwhile.
    Otherwise,
}

impl Store {
    /// When the last of an edition's deliveries is due that wait for their first attempt.
    pub async fn queued_until(&self, edition_id: i64) -> Result<Option<Timestamp>> {
        let last = sqlx::query_scalar!(
            r#"SELECT max(next_at) AS "last: i64" FROM delivery WHERE edition_id = $1 AND status = 'queued'"#,
            edition_id
        );
        last.fetch_one(&self.read).await?.map(instant).transpose()
    }

    /// Makes an edition with a delivery for each reader who has a portion of it, all in one transaction, or nothing.
    pub async fn create_edition(&self, new: &NewEdition<'_>, mails: &[Rendered], portions: &[Portion]) -> Result<Made> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        if fetch_notes(&mut *transaction, new.digest, new.scheduled_for, now).await? != *new.notes {
            return Ok(Made::Otherwise);
        }
        if fetch_marks(&mut *transaction, new.digest, new.scheduled_for, now).await? != *new.marks {
            return Ok(Made::Otherwise);
        }
        let made = match insert_edition(&mut transaction, new, now).await? {
            None => Made::Already,
            Some(edition) if new.follows.is_some_and(|last| edition.number != last + 1) => {
                transaction.rollback().await?;
                return Ok(Made::Otherwise);
            }
            Some(edition) => {
                let known: HashSet<_> = portions.iter().map(|portion| &portion.group.key).collect();
                let groups = group_keys(&mut *transaction, new.digest, new.grouping).await?;
                if groups.iter().any(|(key, _)| !known.contains(key)) {
                    transaction.rollback().await?;
                    return Ok(Made::OtherGroups);
                }
                let plan = insert_mails(&mut transaction, &edition, mails, portions).await?;
                told::remember(&mut transaction, new.digest, edition.number, new.tellings).await?;
                let archived: Vec<_> = new.archived.iter().map(|it| it.numbered(edition.number)).collect();
                insert_archived(&mut transaction, edition.id, &archived).await?;
                use_notes(&mut transaction, new.digest, new.scheduled_for, now, edition.id).await?;
                let made = (edition.id, new.history_since);
                use_marks(&mut transaction, new.digest, new.scheduled_for, now, made).await?;
                for notice in new.notices {
                    queue_notice(&mut transaction, notice, now).await?;
                }
                let candidates = queue(&mut transaction, &edition, new, &plan, now).await?;
                if let Some(by) = new.by {
                    let (what, detail) = (edition.name().to_string(), count(candidates as usize, "reader", "readers"));
                    note(&mut transaction, now, by, Deed::Sent, (Noun::Edition, &what), &detail).await?;
                }
                Made::Edition(Edition { candidates, ..edition })
            }
        };
        if new.by.is_none() {
            settle(&mut transaction, new.digest, new.scheduled_for).await?;
        }
        let _settling = self.progress().settle();
        transaction.commit().await?;
        Ok(made)
    }
}

async fn insert_edition(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewEdition<'_>,
    now: Timestamp,
) -> Result<Option<Edition>> {
    let (scheduled_for, composed_at) = (new.scheduled_for.as_second(), now.as_second());
    let row = sqlx::query!(
        r#"INSERT INTO edition (digest_id, number, scheduled_for, composed_at, history_head, candidates, history_since)
           SELECT digest.id, 1 + (SELECT coalesce(max(number), 0) FROM edition WHERE digest_id = digest.id), $2, $3, $4,
                  0, $5
           FROM digest WHERE slug = $1
           ON CONFLICT (digest_id, scheduled_for) DO NOTHING
           RETURNING id AS "id!", number AS "number!""#,
        new.digest,
        scheduled_for,
        composed_at,
        new.history_head,
        new.history_since
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(row.map(|row| Edition {
        id: row.id,
        digest: new.digest.to_owned(),
        number: row.number,
        scheduled_for: new.scheduled_for,
        composed_at: now,
        history_head: new.history_head,
        candidates: 0,
        hold: Hold::None,
    }))
}

/// Keeps the mails; what each group gets and when, as JSON: a group's key, the mail's id, the instant.
async fn insert_mails(
    transaction: &mut Transaction<'_, Sqlite>,
    edition: &Edition,
    mails: &[Rendered],
    portions: &[Portion],
) -> Result<String> {
    let mut ids = Vec::with_capacity(mails.len());
    for mail in mails {
        ids.push(insert_mail(transaction, Some(edition.id), &mail.numbered(edition.number)).await?);
    }
    let plan: Vec<_> = portions
        .iter()
        .filter_map(|portion| {
            let mail_id = *ids.get(portion.mail?)?;
            Some((&portion.group.key, mail_id, portion.next_at.as_second()))
        })
        .collect();
    serde_json::to_string(&plan).map_err(|error| Error::Damaged(error.to_string()))
}

/// Queues a delivery for everybody whose group is in the plan; how many they are. SQLite does all of it: no reader comes
/// into our memory.
async fn queue(
    transaction: &mut Transaction<'_, Sqlite>,
    edition: &Edition,
    new: &NewEdition<'_>,
    plan: &str,
    now: Timestamp,
) -> Result<i64> {
    let now = now.as_second();
    // Message-IDs that rise with the readers are appended to their index; random ones would write all over it.
    let prefix = uuid::Uuid::new_v4().simple().to_string().split_off(8);
    let Grouping { per_reader_time, by_zone, oldest_telling, oldest_run, missed, since } = new.grouping;
    let missed = words_to_json(missed);
    let queued = sqlx::query!(
        "WITH portion (chosen, mail_id, next_at) AS MATERIALIZED
              (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)),
              lost (reader, numbers) AS MATERIALIZED
              (SELECT subscriber_id, json_group_array(number) FROM
                   (SELECT subscriber_id, number FROM missed
                    WHERE digest_id = (SELECT digest_id FROM edition WHERE edition.id = $2)
                      AND number IN (SELECT value FROM json_each($9))
                    ORDER BY subscriber_id, number)
               GROUP BY subscriber_id)
         INSERT INTO delivery
                (nonce, mail_id, edition_id, lane, subscriber_id, address, message_id, status, next_at, created_at,
                 makes_up)
         SELECT randomblob(8), mail_id, $2, digest_id, subscriber.id, email,
                $3 || printf('%08x', subscriber.id) || '@' || $4, 'queued', next_at, $5, numbers
         FROM subscription JOIN subscriber ON subscriber.id = subscriber_id LEFT JOIN lost ON reader = subscriber_id
              JOIN portion ON chosen = json_array(topics, kinds, locale, iif($6 OR $11, timezone, NULL),
                                                  iif($6, send_hour, NULL),
                                                  max(first_edition, iif(numbers IS NULL, $7, $8)),
                                                  json(coalesce(numbers, '[]')),
                                                  iif(told_until > $10, told_until, NULL))
         WHERE digest_id = (SELECT digest_id FROM edition WHERE edition.id = $2)
           AND status = 'confirmed' AND suppressed IS NULL",
        plan,
        edition.id,
        prefix,
        new.mail_domain,
        now,
        per_reader_time,
        oldest_telling,
        oldest_run,
        missed,
        since,
        by_zone
    )
    .execute(&mut **transaction)
    .await?;
    let candidates = i64::try_from(queued.rows_affected()).unwrap_or(i64::MAX);
    sqlx::query!("UPDATE edition SET candidates = $2 WHERE id = $1", edition.id, candidates)
        .execute(&mut **transaction)
        .await?;
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::super::{DeliveryFilter, Recorded};
    use super::*;
    use crate::domain::event::Kind;
    use crate::domain::subscriber::NewSubscriber;

    const MAIL: fn(&str) -> Rendered =
        |text| Rendered { subject: text.into(), text: text.into(), html: text.into(), ..Rendered::default() };

    async fn store(folder: &tempfile::TempDir) -> Store {
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.register_digests(["weekly"]).await.unwrap();
        store
    }

    async fn add(store: &Store, email: &str, topics: &[&str], timezone: &str) {
        let wish = NewSubscriber {
            email: email.parse().unwrap(),
            name: None,
            topics: Some(topics.iter().map(|&topic| topic.into()).collect()),
            kinds: None,
            timezone: Some(timezone.parse().unwrap()),
            send_hour: None,
            locale: None,
            digests: vec!["weekly".into()],
        };
        let consent = Recorded { wish, at: store.now(), note: "a test".into() };
        store.record_consents(&[consent]).await.unwrap();
    }

    fn grouping(per_reader_time: bool) -> Grouping {
        Grouping { per_reader_time, ..Grouping::by_choice() }
    }

    fn new_edition(grouping: &Grouping) -> NewEdition<'_> {
        NewEdition {
            digest: "weekly",
            scheduled_for: Timestamp::UNIX_EPOCH,
            history_head: 0,
            mail_domain: "example.org",
            by: None,
            history_since: 0,
            grouping,
            tellings: &[],
            archived: &[],
            notes: const { &EditorsNotes(Vec::new()) },
            marks: const { &EditionMarks(Vec::new()) },
            follows: None,
            notices: &[],
        }
    }

    fn portions(groups: Vec<ReaderGroup>, at: Timestamp) -> Vec<Portion> {
        groups.into_iter().map(|group| Portion { group, mail: Some(0), next_at: at }).collect()
    }

    #[tokio::test]
    async fn who_chose_anew_while_mails_were_rendered_is_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        add(&store, "ada@example.org", &["ipv6"], "UTC").await;
        add(&store, "lin@example.org", &["ipv6"], "Asia/Shanghai").await;
        let groups = store.reader_groups("weekly", &grouping(false)).await.unwrap();
        assert_eq!(groups.len(), 1);
        assert_eq!(store.reader_groups("weekly", &grouping(true)).await.unwrap().len(), 2);

        let grouped = grouping(false);
        let (new, mails, at) = (new_edition(&grouped), [MAIL("a mail")], store.now());
        add(&store, "lin@example.org", &["smart \"city\"", "标准"], "Asia/Shanghai").await;
        let made = store.create_edition(&new, &mails, &portions(groups, at)).await.unwrap();
        assert_eq!(made, Made::OtherGroups);
        assert_eq!(store.last_edition("weekly").await.unwrap(), None);

        let groups = store.reader_groups("weekly", &grouping(false)).await.unwrap();
        let made = store.create_edition(&new, &mails, &portions(groups.clone(), at)).await.unwrap();
        assert!(matches!(made, Made::Edition(Edition { candidates: 2, .. })), "{made:?}");
        let again = store.create_edition(&new, &mails, &portions(groups, at)).await.unwrap();
        assert_eq!(again, Made::Already);
        let deliveries = store.deliveries(&DeliveryFilter::default()).await.unwrap();
        assert_eq!(deliveries.len(), 2);
        assert!(deliveries.iter().all(|d| d.message_id.len() == "@example.org".len() + 32), "{deliveries:?}");
        assert_ne!(deliveries[0].message_id, deliveries[1].message_id);
    }

    #[tokio::test]
    async fn nobody_gets_one_who_may_not_be_written_to_or_has_nothing_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        for (email, topics) in [("ada@example.org", &["a"]), ("lin@example.org", &["b"]), ("eve@example.org", &["c"])] {
            add(&store, email, topics, "UTC").await;
        }
        sqlx::query("UPDATE subscriber SET suppressed = 'bounced' WHERE email = 'eve@example.org'")
            .execute(&store.write)
            .await
            .unwrap();
        sqlx::query("UPDATE subscriber SET kinds = '[\"forum\"]', send_hour = 7 WHERE email = 'lin@example.org'")
            .execute(&store.write)
            .await
            .unwrap();
        let grouping = Grouping { oldest_telling: 1, ..grouping(true) };
        let groups = store.reader_groups("weekly", &grouping).await.unwrap();
        let choices: Vec<_> = groups.iter().map(|group| (group.choice.kinds.clone(), group.choice.send_hour)).collect();
        assert_eq!(choices, [(vec![], None), (vec![Kind::Forum], Some(7))]);
        assert_eq!(store.choice(&"lin@example.org".parse().unwrap(), "weekly").await.unwrap(), groups[1].choice);
        assert_eq!(store.reader_clocks("weekly").await.unwrap().len(), 2);

        let mut portions = portions(groups, store.now());
        portions[0].mail = None;
        let made = store.create_edition(&new_edition(&grouping), &[MAIL("a mail")], &portions).await.unwrap();
        assert!(matches!(made, Made::Edition(Edition { candidates: 1, .. })), "{made:?}");
        assert_eq!(store.deliveries(&DeliveryFilter::default()).await.unwrap()[0].address.as_str(), "lin@example.org");
    }
}
