//! What a restore carries over from the database that was there (attached as `old`) into the one that comes in its place:
//! what must not be undone. Rows are found by address, slug, UID, Message-ID and by their own random values, never by id;
//! what is new here keeps its id where that is free, since links that were mailed name it.

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::store::Result;

/// How much of each was carried over or could not be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// People who were forgotten since the backup was made.
    pub forgotten: u64,
    /// People who were removed since.
    pub removed: u64,
    /// Subscriptions that ended since.
    pub left: u64,
    /// People to whom nothing may be sent since.
    pub suppressed: u64,
    /// Personal calendars that were taken back or renewed since.
    pub calendars: u64,
    /// Editors who left since or may do less.
    pub editors: u64,
    /// Tokens that were revoked since.
    pub tokens: u64,
    /// Editions made since.
    pub editions: u64,
    /// Deliveries of the backup that went on since.
    pub deliveries: u64,
    /// People who came since: they are not there any more.
    pub lost_people: u64,
    /// Consents given since by people of the backup: they have to be given again.
    pub lost_consents: u64,
    /// Changes of events and articles that are undone.
    pub lost_changes: u64,
}

/// Two databases that know one secret, now or of before, are of one office.
const IS_OF_ONE_OFFICE: &str = "
    SELECT EXISTS (SELECT value FROM main.meta WHERE key = 'secret' UNION SELECT value FROM main.old_secret
                   INTERSECT
                   SELECT value FROM (SELECT value FROM old.meta WHERE key = 'secret'
                                      UNION SELECT value FROM old.old_secret))";

/// What was renewed stays so: the secret in force is the other database's, unless the backup has renewed it. What leaked in
/// either opens nothing.
const SECRETS: &str = "
    INSERT INTO main.old_secret (value, replaced_at, leaked)
    SELECT value, replaced_at, leaked FROM old.old_secret WHERE TRUE
    ON CONFLICT (value) DO UPDATE
       SET replaced_at = min(replaced_at, excluded.replaced_at), leaked = max(leaked, excluded.leaked);
    INSERT OR IGNORE INTO main.old_secret (value, replaced_at, leaked)
    SELECT n.value, unixepoch(), 0 FROM main.meta n JOIN old.meta o ON o.key = n.key AND o.value <> n.value
    WHERE n.key = 'secret' AND o.value NOT IN (SELECT value FROM main.old_secret);
    UPDATE main.meta SET value = (SELECT value FROM old.meta WHERE key = 'secret')
    WHERE key = 'secret'
      AND (SELECT value FROM old.meta WHERE key = 'secret') NOT IN (SELECT value FROM main.old_secret);";

/// Ids that are given to nobody again, and who is who in the two databases.
const SEQUENCES: &str = "
    UPDATE main.sqlite_sequence AS n SET seq = max(seq, (SELECT o.seq FROM old.sqlite_sequence o WHERE o.name = n.name))
    WHERE name IN (SELECT name FROM old.sqlite_sequence);
    INSERT INTO main.sqlite_sequence (name, seq)
    SELECT name, seq FROM old.sqlite_sequence o
    WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence n WHERE n.name = o.name);
    UPDATE main.old_link AS n SET last = max(last, (SELECT o.last FROM old.old_link o WHERE o.what = n.what))
    WHERE what IN (SELECT what FROM old.old_link);
    CREATE TEMP TABLE fresh (name TEXT PRIMARY KEY, seq INTEGER NOT NULL);
    INSERT INTO fresh SELECT name, seq FROM main.sqlite_sequence;
    INSERT OR IGNORE INTO fresh SELECT name, 0 FROM main.sqlite_master WHERE type = 'table';";

/// The last word on each digest is that of the database that was there.
const DIGESTS: &str = "
    INSERT INTO main.digest (slug, schedule, paused, configured)
    SELECT slug, schedule, paused, configured FROM old.digest WHERE TRUE
    ON CONFLICT (slug) DO UPDATE
       SET schedule = excluded.schedule, paused = excluded.paused, configured = excluded.configured;
    CREATE TEMP TABLE digest_of (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO digest_of SELECT o.id, n.id FROM old.digest o JOIN main.digest n ON n.slug = o.slug;
    INSERT OR IGNORE INTO main.handled (digest_id, until)
    SELECT new, until FROM old.handled JOIN digest_of ON digest_of.old = digest_id;";

/// People who were removed, by their rows' own random values. Rows from before there were any are gone if nobody has their
/// address.
const REMOVED: &str = "
    DELETE FROM main.subscriber
    WHERE (nonce IS NULL OR nonce IN (SELECT nonce FROM old.gone WHERE what = 'subscriber'))
      AND email_key NOT IN (SELECT email_key FROM old.subscriber)";

const PEOPLE: &str = "
    CREATE TEMP TABLE person_of (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO person_of SELECT o.id, n.id FROM old.subscriber o JOIN main.subscriber n ON n.email_key = o.email_key;
    DELETE FROM main.subscription
    WHERE subscriber_id IN (SELECT id FROM main.subscriber
                            WHERE nonce IN (SELECT nonce FROM old.gone WHERE what = 'subscriber'))
      AND NOT EXISTS (SELECT 1 FROM old.subscription o JOIN person_of p ON p.old = o.subscriber_id
                      JOIN digest_of d ON d.old = o.digest_id
                      WHERE p.new = subscription.subscriber_id AND d.new = subscription.digest_id);";

/// People of whom the backup knows nothing, and who left or may not be written to: else an import brought them in.
const UNWILLING: &str = "
    INSERT INTO main.subscriber (id, email, email_key, name, topics, timezone, locale, created_at, kinds, send_hour,
                                 suppressed, suppressed_at, soft_bounces, nonce)
    SELECT iif(EXISTS (SELECT 1 FROM main.subscriber n WHERE n.id = o.id),
               o.id + (SELECT seq FROM fresh WHERE fresh.name = 'subscriber'), o.id),
           email, email_key, o.name, topics, timezone, locale, created_at, kinds, send_hour, suppressed, suppressed_at,
           soft_bounces, nonce
    FROM old.subscriber o
    WHERE id NOT IN (SELECT old FROM person_of)
      AND (suppressed IS NOT NULL
           OR EXISTS (SELECT 1 FROM old.subscription s WHERE s.subscriber_id = o.id AND s.status = 'left'));
    INSERT OR IGNORE INTO person_of
    SELECT o.id, n.id FROM old.subscriber o JOIN main.subscriber n ON n.email_key = o.email_key;";

/// Who left has left, and who was asked again since has yet to answer. Who had left before has, too, whatever came later.
/// Where an earlier restore undid a consent that the backup knows, the consent is the later word.
const LEFT: &str = "
    UPDATE main.subscription
    SET status = o.status, consent_at = o.consent_at, consent_note = o.consent_note, left_at = o.left_at
    FROM old.subscription o JOIN person_of p ON p.old = o.subscriber_id JOIN digest_of d ON d.old = o.digest_id
    WHERE subscription.subscriber_id = p.new AND subscription.digest_id = d.new
      AND o.status <> 'confirmed' AND subscription.status <> 'left' AND o.status <> subscription.status
      AND NOT (subscription.status = 'confirmed'
               AND EXISTS (SELECT 1 FROM old.act WHERE action = 'restored' AND at >= subscription.consent_at)
               AND coalesce(subscription.consent_at
                            > iif(o.status = 'left', o.left_at, (SELECT max(created_at) FROM old.sign_up s
                                                                 WHERE s.subscriber_id = o.subscriber_id)), FALSE))";

const LEFT_UNKNOWN: &str = "
    INSERT INTO main.subscription (id, subscriber_id, digest_id, status, consent_at, consent_note, left_at, first_edition,
                                   nonce)
    SELECT iif(EXISTS (SELECT 1 FROM main.subscription n WHERE n.id = o.id),
               o.id + (SELECT seq FROM fresh WHERE fresh.name = 'subscription'), o.id),
           p.new, d.new, o.status, o.consent_at, o.consent_note, o.left_at, o.first_edition, o.nonce
    FROM old.subscription o JOIN person_of p ON p.old = o.subscriber_id JOIN digest_of d ON d.old = o.digest_id
    WHERE o.status = 'left'
      AND NOT EXISTS (SELECT 1 FROM main.subscription n WHERE n.subscriber_id = p.new AND n.digest_id = d.new)";

/// Who came to a digest again since has read only from then on.
const FIRST_EDITIONS: &str = "
    UPDATE main.subscription SET first_edition = max(subscription.first_edition, o.first_edition)
    FROM old.subscription o JOIN person_of p ON p.old = o.subscriber_id JOIN digest_of d ON d.old = o.digest_id
    WHERE subscription.subscriber_id = p.new AND subscription.digest_id = d.new AND o.status = subscription.status";

const SUPPRESSED: &str = "
    UPDATE main.subscriber SET suppressed = o.suppressed, suppressed_at = o.suppressed_at
    FROM old.subscriber o JOIN person_of p ON p.old = o.id
    WHERE subscriber.id = p.new AND subscriber.suppressed IS NULL AND o.suppressed IS NOT NULL";

const SOFT_BOUNCES: &str = "
    UPDATE main.subscriber SET soft_bounces = o.soft_bounces
    FROM old.subscriber o JOIN person_of p ON p.old = o.id
    WHERE subscriber.id = p.new AND subscriber.soft_bounces <> o.soft_bounces";

const REVOKED_CALENDARS: &str = "
    UPDATE main.personal_calendar SET revoked_at = coalesce(o.revoked_at, (SELECT at FROM restoring))
    FROM old.personal_calendar o
    WHERE personal_calendar.revoked_at IS NULL AND (o.revoked_at IS NOT NULL OR o.subscriber_id IS NULL)
      AND o.created_at = personal_calendar.created_at
      AND (o.nonce = personal_calendar.nonce
           OR o.nonce IS NULL AND personal_calendar.nonce IS NULL AND o.id = personal_calendar.id)";

const RENEWED_CALENDARS: &str = "
    INSERT INTO main.personal_calendar (id, subscriber_id, created_at, nonce)
    SELECT iif(EXISTS (SELECT 1 FROM main.personal_calendar n WHERE n.id = o.id),
               o.id + (SELECT seq FROM fresh WHERE fresh.name = 'personal_calendar'), o.id),
           p.new, o.created_at, o.nonce
    FROM old.personal_calendar o JOIN person_of p ON p.old = o.subscriber_id
    WHERE o.revoked_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM main.personal_calendar n WHERE n.subscriber_id = p.new AND n.revoked_at IS NULL)";

/// Whose row names nobody any more was forgotten: see [`super::erase`].
const EDITORS: &str = "
    UPDATE main.editor SET left_at = coalesce(editor.left_at, o.left_at), role = min(editor.role, o.role)
    FROM old.editor o
    WHERE o.email_key = editor.email_key AND (editor.left_at IS NULL AND o.left_at IS NOT NULL OR o.role < editor.role)";

/// An address to forward to that was renewed since is not there again.
const FORWARD_ADDRESSES: &str = "
    UPDATE main.editor SET nonce = o.nonce
    FROM old.editor o WHERE o.id = editor.id AND o.email_key IS editor.email_key AND o.nonce IS NOT NULL";

/// Who had signed out, or was sent out, is not in again; and what was typed is older than what was done with it.
const DESK: &str = "
    DELETE FROM main.sign_in;
    DELETE FROM main.session;
    DELETE FROM main.typed;";

/// What a token that was taken back could do, nobody can do again.
const TOKENS: &str = "
    UPDATE main.token SET revoked_at = coalesce(token.revoked_at, o.revoked_at),
                          expires_at = min(coalesce(token.expires_at, o.expires_at), coalesce(o.expires_at, token.expires_at))
    FROM old.token o
    WHERE o.hash = token.hash AND (token.revoked_at IS NULL AND o.revoked_at IS NOT NULL
                                   OR o.expires_at < coalesce(token.expires_at, o.expires_at + 1))";

/// What other programs have yet to be told, but of people: a number is another's here.
const HOOK_MESSAGES: &str = "
    INSERT INTO main.hook_message (id, webhook, message_id, topic, body, status, attempts, tried_since, next_at, done_at,
                                   answer, created_at)
    SELECT id, webhook, message_id, topic, body, status, attempts, tried_since, next_at, done_at, NULL, created_at
    FROM old.hook_message
    WHERE status = 'waiting' AND json_extract(body, '$.data.subscribers') IS NULL";

/// What the backup had to tell was told since, or is no news. A webhook is new to it, so that nothing is told of what comes
/// and goes here.
const SILENCE: &str = "
    DELETE FROM main.webhook;
    DELETE FROM main.happening;
    DELETE FROM main.hook_message;";

/// Editions that are in both are of one moment.
const EDITIONS_OF: &str = "
    CREATE TEMP TABLE edition_of (old INTEGER PRIMARY KEY, new INTEGER NOT NULL, digest INTEGER NOT NULL,
                                  is_new INTEGER NOT NULL);
    INSERT INTO edition_of
    SELECT o.id,
           coalesce(n.id, iif(EXISTS (SELECT 1 FROM main.edition x WHERE x.id = o.id),
                              o.id + (SELECT seq FROM fresh WHERE fresh.name = 'edition'), o.id)),
           d.new, n.id IS NULL
    FROM old.edition o JOIN digest_of d ON d.old = o.digest_id
    LEFT JOIN main.edition n ON n.digest_id = d.new AND n.scheduled_for = o.scheduled_for";

/// A number that the backup gave to another edition is given to none again: then they go on behind its last.
const EDITIONS: &str = "
    INSERT INTO main.edition (id, digest_id, number, scheduled_for, composed_at, history_head, candidates, history_since,
                              through_at)
    SELECT e.new, e.digest,
           o.number + iif(EXISTS (SELECT 1 FROM edition_of c JOIN old.edition x ON x.id = c.old
                                  JOIN main.edition m ON m.digest_id = c.digest AND m.number = x.number
                                  WHERE c.is_new AND c.digest = e.digest),
                          (SELECT max(number) FROM main.edition m WHERE m.digest_id = e.digest), 0),
           o.scheduled_for, o.composed_at, o.history_head, o.candidates, o.history_since, o.through_at
    FROM edition_of e JOIN old.edition o ON o.id = e.old WHERE e.is_new ORDER BY o.id";

/// Whose end was told is not told again.
const THROUGH: &str = "
    UPDATE main.edition SET through_at = o.through_at
    FROM edition_of e JOIN old.edition o ON o.id = e.old
    WHERE edition.id = e.new AND NOT e.is_new AND edition.through_at IS NULL";

const MAILS: &str = "
    CREATE TEMP TABLE mail_of (old INTEGER PRIMARY KEY, new INTEGER NOT NULL, edition INTEGER NOT NULL);
    INSERT INTO mail_of
    SELECT o.id, iif(EXISTS (SELECT 1 FROM main.mail x WHERE x.id = o.id),
                     o.id + (SELECT seq FROM fresh WHERE fresh.name = 'mail'), o.id), e.new
    FROM old.mail o JOIN edition_of e ON e.old = o.edition_id WHERE e.is_new;
    INSERT INTO main.mail (id, edition_id, subject, text, html, calendar)
    SELECT m.new, m.edition, o.subject, o.text, o.html, o.calendar FROM mail_of m JOIN old.mail o ON o.id = m.old;
    INSERT INTO main.archived_edition (edition_id, locale, subject, preheader, html, text)
    SELECT e.new, o.locale, o.subject, o.preheader, o.html, o.text
    FROM old.archived_edition o JOIN edition_of e ON e.old = o.edition_id WHERE e.is_new;
    INSERT INTO main.cleared_delivery (edition_id, status, number)
    SELECT e.new, o.status, o.number FROM old.cleared_delivery o JOIN edition_of e ON e.old = o.edition_id
    WHERE e.is_new;";

/// Each as it ended, or waits.
const NEW_DELIVERIES: &str = "
    INSERT OR IGNORE INTO main.delivery (id, mail_id, edition_id, lane, subscriber_id, address, message_id, status,
        attempts, tried_since, doubts, next_at, error, created_at, relay, relay_id, nonce, makes_up)
    SELECT iif(EXISTS (SELECT 1 FROM main.delivery x WHERE x.id = o.id),
               o.id + (SELECT seq FROM fresh WHERE fresh.name = 'delivery'), o.id),
           m.new, e.new, e.digest,
           coalesce(p.new, iif(EXISTS (SELECT 1 FROM main.subscriber x WHERE x.id = o.subscriber_id),
                               o.subscriber_id + (SELECT seq FROM fresh WHERE fresh.name = 'subscriber'),
                               o.subscriber_id)),
           o.address, o.message_id, o.status, o.attempts, o.tried_since, o.doubts, o.next_at, o.error, o.created_at,
           o.relay, o.relay_id, o.nonce, o.makes_up
    FROM old.delivery o JOIN edition_of e ON e.old = o.edition_id JOIN mail_of m ON m.old = o.mail_id
    LEFT JOIN person_of p ON p.old = o.subscriber_id
    WHERE e.is_new";

/// What is sent stays so, whatever the other database says.
const DELIVERIES: &str = "
    UPDATE main.delivery
    SET status = o.status, attempts = o.attempts, tried_since = o.tried_since, doubts = o.doubts, next_at = o.next_at,
        error = o.error, relay = o.relay, relay_id = o.relay_id, makes_up = o.makes_up
    FROM old.delivery o
    WHERE o.message_id = delivery.message_id AND delivery.status <> 'sent'
      AND (o.status <> delivery.status OR o.next_at IS NOT delivery.next_at OR o.attempts <> delivery.attempts)";

/// What the other database does not know, nobody knows the end of.
const UNKNOWN_DELIVERIES: &str = "
    UPDATE main.delivery
    SET status = 'uncertain', next_at = NULL, held_until = NULL, error = (SELECT held FROM restoring)
    WHERE (status IN ('queued', 'sending', 'deferred') OR status = 'uncertain' AND next_at IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM old.delivery o WHERE o.message_id = delivery.message_id)";

const TOLD: &str = "
    INSERT INTO main.told (digest_id, what, id, occurrence, date, since, number)
    SELECT d.new, o.what, n.id, o.occurrence, o.date, o.since, o.number
    FROM old.told o JOIN digest_of d ON d.old = o.digest_id JOIN old.event e ON e.id = o.id
    JOIN main.event n ON n.uid = e.uid
    WHERE o.what = 'event'
    ON CONFLICT DO UPDATE SET number = max(number, excluded.number);
    INSERT INTO main.told (digest_id, what, id, occurrence, date, since, number)
    SELECT d.new, o.what, n.id, o.occurrence, o.date, o.since, o.number
    FROM old.told o JOIN digest_of d ON d.old = o.digest_id JOIN old.article a ON a.id = o.id
    JOIN main.article n ON n.uid = a.uid
    WHERE o.what = 'article'
    ON CONFLICT DO UPDATE SET number = max(number, excluded.number);
    INSERT OR IGNORE INTO main.passed_over (edition_id, subscriber_id)
    SELECT e.new, p.new FROM old.passed_over o JOIN edition_of e ON e.old = o.edition_id
    JOIN person_of p ON p.old = o.subscriber_id;";

/// Calendar programs follow a higher SEQUENCE alone (RFC 5546 section 2.1.4) and later dates: what goes back is a change to
/// them, too.
const EVENTS: &str = "
    UPDATE main.event
    SET sequence = iif(o.sequence > event.sequence, o.sequence + 1, event.sequence),
        updated_at = (SELECT at FROM restoring)
    FROM old.event o
    WHERE o.uid = event.uid AND (o.sequence > event.sequence OR o.updated_at > event.updated_at)";

/// A picture that was taken back since stays so: whoever asked for that did not ask for a while.
const PICTURES: &str = "
    INSERT OR REPLACE INTO main.gone_picture (hash, gone_at, is_taken_back)
    SELECT hash, gone_at, is_taken_back FROM old.gone_picture WHERE is_taken_back = 1;
    DELETE FROM main.article_picture WHERE hash IN (SELECT hash FROM old.gone_picture WHERE is_taken_back = 1);
    DELETE FROM main.picture WHERE hash IN (SELECT hash FROM old.gone_picture WHERE is_taken_back = 1);";

/// Links of rows that are not there any more are known as such, but for people: who is among those gone was removed, and
/// would be again if this restore were taken back; limits go on counting, and relays are where they were. A report that was
/// taken counts no second time, as what it did to its reader was carried over.
/// A mail that was forwarded since may be forwarded again: its drafts are gone with the rest.
/// What a relay refused before the backup says nothing of what it refuses now, nor what programs were answered of what
/// was done since.
const AROUND: &str = "
    INSERT OR IGNORE INTO main.gone (what, id, nonce)
    SELECT o.what, o.id, o.nonce FROM old.linked o
    WHERE o.nonce IS NOT NULL AND o.what <> 'subscriber'
      AND NOT EXISTS (SELECT 1 FROM main.linked n WHERE n.what = o.what AND n.id = o.id);
    DELETE FROM main.wish;
    INSERT INTO main.wish (at, network) SELECT at, network FROM old.wish;
    DELETE FROM main.asked_mail;
    INSERT INTO main.asked_mail (at, mailbox, domain) SELECT at, mailbox, domain FROM old.asked_mail;
    DELETE FROM main.daemon;
    INSERT INTO main.daemon SELECT * FROM old.daemon;
    DELETE FROM main.alert;
    INSERT INTO main.alert SELECT * FROM old.alert;
    DELETE FROM main.ping;
    INSERT INTO main.ping SELECT * FROM old.ping;
    DELETE FROM main.returned_way;
    INSERT INTO main.returned_way SELECT * FROM old.returned_way;
    DELETE FROM main.forwarded_way;
    INSERT INTO main.forwarded_way SELECT * FROM old.forwarded_way;
    INSERT OR IGNORE INTO main.seen_report SELECT * FROM old.seen_report;
    DELETE FROM main.mailbox;
    INSERT INTO main.mailbox SELECT * FROM old.mailbox;
    DELETE FROM main.mailbox_counted;
    INSERT INTO main.mailbox_counted SELECT * FROM old.mailbox_counted;
    DELETE FROM main.answer;
    DELETE FROM main.refusal;
    DELETE FROM main.stopped_relay;
    INSERT INTO main.stopped_relay (relay, since, reason, said, tries, next_at)
    SELECT relay, since, reason, said, tries, next_at FROM old.stopped_relay;";

const LOST_PEOPLE: &str = "SELECT count(*) FROM old.subscriber WHERE id NOT IN (SELECT old FROM person_of)";

const LOST_CONSENTS: &str = "
    SELECT count(*) FROM old.subscription o JOIN person_of p ON p.old = o.subscriber_id
    JOIN digest_of d ON d.old = o.digest_id
    LEFT JOIN main.subscription n ON n.subscriber_id = p.new AND n.digest_id = d.new
    WHERE o.status = 'confirmed' AND n.status IS NOT 'confirmed'";

const LOST_CHANGES: &str = "
    SELECT (SELECT count(*) FROM old.history WHERE id > (SELECT coalesce(max(id), 0) FROM main.history))
           + (SELECT count(*) FROM old.article_history
              WHERE id > (SELECT coalesce(max(id), 0) FROM main.article_history))";

pub(super) async fn is_of_one_office(connection: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_OF_ONE_OFFICE).fetch_one(connection).await?)
}

pub(super) async fn secrets(connection: &mut SqliteConnection) -> Result<()> {
    all(connection, SECRETS).await
}

/// Where deliveries could not be read, an edition is to those that could.
pub(super) async fn count_anew(connection: &mut SqliteConnection) -> Result<()> {
    let counted =
        "UPDATE main.edition SET candidates = (SELECT count(*) FROM main.delivery WHERE edition_id = edition.id)
                     + (SELECT coalesce(sum(number), 0) FROM main.cleared_delivery c WHERE c.edition_id = edition.id)
                   WHERE id IN (SELECT new FROM edition_of WHERE is_new)";
    one(connection, counted).await?;
    Ok(())
}

pub(super) async fn silence_webhooks(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(SILENCE).execute(connection).await?;
    Ok(())
}

/// Carries over all but who was forgotten. `held` is what deliveries show whose end nobody knows.
pub(super) async fn carry_over(
    transaction: &mut Transaction<'_, Sqlite>,
    now: Timestamp,
    held: &str,
) -> Result<Carried> {
    let mut carried = Carried::default();
    sqlx::raw_sql("CREATE TEMP TABLE restoring (at INTEGER NOT NULL, held TEXT NOT NULL)")
        .execute(&mut **transaction)
        .await?;
    sqlx::query("INSERT INTO restoring (at, held) VALUES ($1, $2)")
        .bind(now.as_second())
        .bind(held)
        .execute(&mut **transaction)
        .await?;
    all(transaction, SEQUENCES).await?;
    all(transaction, DIGESTS).await?;
    carried.removed = one(transaction, REMOVED).await?;
    all(transaction, PEOPLE).await?;
    let were_suppressed =
        count(transaction, "SELECT count(*) FROM main.subscriber WHERE suppressed IS NOT NULL").await?;
    all(transaction, UNWILLING).await?;
    let had_left = count(transaction, "SELECT count(*) FROM main.subscription WHERE status = 'left'").await?;
    one(transaction, LEFT).await?;
    one(transaction, LEFT_UNKNOWN).await?;
    let have_left = count(transaction, "SELECT count(*) FROM main.subscription WHERE status = 'left'").await?;
    carried.left = have_left.saturating_sub(had_left);
    one(transaction, FIRST_EDITIONS).await?;
    one(transaction, SUPPRESSED).await?;
    let are_suppressed =
        count(transaction, "SELECT count(*) FROM main.subscriber WHERE suppressed IS NOT NULL").await?;
    carried.suppressed = are_suppressed.saturating_sub(were_suppressed);
    one(transaction, SOFT_BOUNCES).await?;
    carried.calendars = one(transaction, REVOKED_CALENDARS).await?;
    carried.calendars += one(transaction, RENEWED_CALENDARS).await?;
    carried.editors = one(transaction, EDITORS).await?;
    one(transaction, FORWARD_ADDRESSES).await?;
    one(transaction, DESK).await?;
    carried.tokens = one(transaction, TOKENS).await?;
    all(transaction, EDITIONS_OF).await?;
    carried.editions = one(transaction, EDITIONS).await?;
    one(transaction, THROUGH).await?;
    all(transaction, MAILS).await?;
    one(transaction, NEW_DELIVERIES).await?;
    carried.deliveries = one(transaction, DELIVERIES).await?;
    one(transaction, UNKNOWN_DELIVERIES).await?;
    all(transaction, TOLD).await?;
    one(transaction, HOOK_MESSAGES).await?;
    one(transaction, EVENTS).await?;
    all(transaction, PICTURES).await?;
    all(transaction, AROUND).await?;
    carried.lost_people = count(transaction, LOST_PEOPLE).await?;
    carried.lost_consents = count(transaction, LOST_CONSENTS).await?;
    carried.lost_changes = count(transaction, LOST_CHANGES).await?;
    Ok(carried)
}

/// Runs one statement; how many rows it changed.
async fn one(connection: &mut SqliteConnection, statement: &'static str) -> Result<u64> {
    Ok(sqlx::query(statement).execute(connection).await?.rows_affected())
}

async fn all(connection: &mut SqliteConnection, statements: &'static str) -> Result<()> {
    sqlx::raw_sql(statements).execute(connection).await?;
    Ok(())
}

async fn count(connection: &mut SqliteConnection, query: &'static str) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(query).fetch_one(connection).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
