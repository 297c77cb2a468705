//! Which columns of the database hold something of a person, and what becomes of it when they are forgotten. A new column
//! has to be named here, or the test fails.

use Kept::{Emptied, Goes, Nobodys, Passing, Telling};

/// What becomes of a value when its person is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// It is of no person: what the office publishes, and how this program stands.
    Nobodys,
    /// Its row goes with the person's.
    Goes,
    /// It is emptied, or stands for nobody from then on; in free text, where it names them.
    Emptied,
    /// It leads to nobody without the rows that go: a number, a time, a keyed hash.
    Telling,
    /// It is of nobody alone, and gone after a day, at once where it names the person.
    Passing,
}

/// Every table that there is, with all of its columns.
const TABLES: &[(&str, &[(Kept, &str)])] = &[
    ("meta", &[(Nobodys, "key value")]),
    ("old_secret", &[(Nobodys, "value replaced_at leaked")]),
    (
        "event",
        &[(
            Nobodys,
            "id uid kind title start end timezone status location organizer topics standards url description cancel_reason \
             sequence created_at updated_at ended_at removed repeat rdates exdates overrides source join_url description_format private \
             duration stamp_sequence stamp_at",
        )],
    ),
    ("history", &[(Nobodys, "id event_id at action field before after occurrence tell"), (Telling, "actor")]),
    ("article", &[(Nobodys, "id title byline date source topics body created_at updated_at published_at uid")]),
    ("article_event", &[(Nobodys, "article_id event_id position")]),
    // What they show is what the office publishes.
    ("picture", &[(Nobodys, "hash format width height octets added_at")]),
    ("article_picture", &[(Nobodys, "article_id position name alt hash is_shown")]),
    ("gone_picture", &[(Nobodys, "hash gone_at is_taken_back")]),
    ("article_history", &[(Nobodys, "id article_id at action field before after"), (Telling, "actor")]),
    (
        "source",
        &[(
            Nobodys,
            "url settings found_at etag last_modified tried_at read_at next_at failures error notes notes_count held_since \
             held_missing held_ahead uids_changed",
        )],
    ),
    (
        "edition_note",
        &[(Nobodys, "id digest scheduled_for is_next locale subject body said_at edition_id"), (Telling, "actor")],
    ),
    (
        "edition_mark",
        &[
            (Nobodys, "id digest scheduled_for is_next mark what entry occurrence place said_at edition_id since"),
            (Telling, "actor"),
        ],
    ),
    ("edition_approval", &[(Nobodys, "id digest scheduled_for words asked_at approved_at told"), (Telling, "actor")]),
    ("approval_link", &[(Telling, "hash approval_id editor_id words made_at used_at")]),
    ("sign_in", &[(Goes, "hash editor_id browser network asked_at ends_at used_at")]),
    ("session", &[(Goes, "id hash editor_id agent began_at seen_at ended_at")]),
    // Also what others typed, where it names them.
    ("typed", &[(Goes, "editor_id place fields typed_at")]),
    ("foreign_uid", &[(Nobodys, "event_id uid")]),
    ("moving", &[(Nobodys, "draft event")]),
    ("watched_text", &[(Nobodys, "source key link title hash tries seen_at")]),
    ("watched_proposal", &[(Nobodys, "source uid item kind title standards start event_id moves is_told seen_at")]),
    ("daemon", &[(Nobodys, "id version started_at settings taken_at waiting refused_at refused")]),
    ("token", &[(Nobodys, "id name hash scopes created_at expires_at revoked_at last_used_at")]),
    ("answer", &[(Passing, "id token_id key asked at status headers body")]),
    ("webhook", &[(Nobodys, "name history_id happening_id address gone_at taken_at failures")]),
    ("happening", &[(Telling, "id at topic about digest_id")]),
    // A person stands in its body by the id of their row; what a server answers may name them.
    (
        "hook_message",
        &[
            (Emptied, "answer"),
            (Telling, "id webhook message_id topic body status attempts tried_since next_at done_at created_at"),
        ],
    ),
    ("digest", &[(Nobodys, "id slug schedule paused configured")]),
    ("handled", &[(Nobodys, "digest_id until")]),
    (
        "edition",
        &[(
            Nobodys,
            "id digest_id number scheduled_for composed_at history_head candidates history_since \
             through_at stopped_at is_given_up",
        )],
    ),
    ("correction", &[(Nobodys, "id edition_id body made_at mailed_at"), (Telling, "actor")]),
    ("archived_edition", &[(Nobodys, "edition_id locale subject preheader html text")]),
    ("told", &[(Nobodys, "digest_id what id occurrence date since number")]),
    // A mail is made personal as it is handed over.
    // Of an answer to an editor all words are emptied.
    ("mail", &[(Nobodys, "id edition_id subject text html calendar"), (Telling, "answers")]),
    ("alert", &[(Nobodys, "id kind about since sentence raised_at told_at over_at over_told_at")]),
    ("mailbox", &[(Nobodys, "url validity last_uid trying_uid tries left_mails read_at failing_since error")]),
    ("mailbox_counted", &[(Nobodys, "url uid")]),
    ("ping", &[(Nobodys, "id due_since tries answered_at failed_at error")]),
    ("bounce_count", &[(Nobodys, "class number")]),
    ("stopped_relay", &[(Nobodys, "relay since reason said tries next_at")]),
    (
        "subscriber",
        &[(
            Goes,
            "id email email_key name topics timezone locale created_at kinds send_hour suppressed suppressed_at \
             soft_bounces nonce reminded_at",
        )],
    ),
    (
        "sign_up",
        &[(
            Goes,
            "id subscriber_id digests name topics timezone locale created_at network kinds send_hour origin confirmed_at \
             nonce",
        )],
    ),
    (
        "subscription",
        &[(
            Goes,
            "id subscriber_id digest_id status consent_at consent_note left_at first_edition is_welcome_due told_until \
             nonce",
        )],
    ),
    ("passed_over", &[(Goes, "edition_id subscriber_id")]),
    // The sums of an edition stay right.
    (
        "delivery",
        &[
            (Emptied, "address error next_at held_until"),
            (
                Telling,
                "id mail_id edition_id subscriber_id message_id status attempts tried_since doubts created_at lane relay \
                 nonce makes_up relay_id",
            ),
        ],
    ),
    (
        "bounce",
        &[
            (Emptied, "address diagnostic message digest message_of reader_id"),
            (Telling, "id at delivery_id class status verified counted way proof"),
        ],
    ),
    ("returned_way", &[(Nobodys, "way what number last_at")]),
    // Keyed hashes, and gone after 40 days.
    ("seen_report", &[(Telling, "way key body at")]),
    ("cleared_delivery", &[(Nobodys, "edition_id status number")]),
    ("refusal", &[(Goes, "id relay delivery_id said bounce_id suppressed soft_bounces open")]),
    // So that programs learn that it is gone.
    ("personal_calendar", &[(Emptied, "subscriber_id revoked_at"), (Telling, "id created_at nonce")]),
    // Links that were mailed go on leading to a page that says so.
    ("old_link", &[(Telling, "what last")]),
    ("gone", &[(Telling, "what id nonce")]),
    // So that no import brings them back.
    ("forgotten", &[(Telling, "hash at")]),
    // What limits count: networks and keyed hashes.
    ("wish", &[(Passing, "at network")]),
    ("asked_mail", &[(Passing, "at mailbox domain")]),
    // Of who is no editor any more; history goes on naming a number.
    ("editor", &[(Emptied, "email email_key name locale"), (Telling, "id role added_at left_at nonce")]),
    // Keyed hashes, and gone after a year.
    ("forwarded", &[(Telling, "editor_id key at is_answered")]),
    ("forwarded_way", &[(Nobodys, "way what number last_at")]),
    // A person stands in it by the id of their row.
    ("act", &[(Emptied, "name detail"), (Telling, "id at actor action noun")]),
];

mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::address::EmailAddress;
    use crate::store::Store;

    const ADA: &str = "ada@example.org";

    async fn store(folder: &tempfile::TempDir) -> Store {
        Store::create(&folder.path().join("kalends.db")).await.unwrap()
    }

    /// The columns of each table with their types, as the database has them.
    async fn schema(store: &Store) -> BTreeMap<String, Vec<(String, String)>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> '_sqlx_migrations'",
        )
        .fetch_all(&store.write)
        .await
        .unwrap();
        let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (table, column, kind) in rows {
            tables.entry(table).or_default().push((column, kind));
        }
        tables
    }

    fn columns(table: &str) -> Vec<(Kept, &'static str)> {
        let known = TABLES.iter().find(|(name, _)| *name == table).map(|(_, columns)| *columns).unwrap_or_default();
        known.iter().flat_map(|(kept, names)| names.split_whitespace().map(|name| (*kept, name))).collect()
    }

    #[tokio::test]
    async fn every_column_says_what_it_holds_of_a_person() {
        let folder = tempfile::tempdir().unwrap();
        let schema = schema(&store(&folder).await).await;
        assert!(schema.len() > 20, "{schema:?}");
        for (table, there) in &schema {
            let named = columns(table);
            for (column, _) in there {
                let times = named.iter().filter(|(_, name)| name == column).count();
                assert_eq!(times, 1, "{table}.{column} stands {times} times in TABLES: say what becomes of it once");
            }
            assert_eq!(named.len(), there.len(), "TABLES has columns of {table} that are not there");
        }
        assert_eq!(TABLES.len(), schema.len(), "TABLES has a table that is not there, or one twice");
    }

    /// Puts the address into every column that may hold something of a person, and forgets her.
    #[tokio::test]
    async fn what_is_said_to_go_or_to_be_emptied_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        store.register_digests(["weekly"]).await.unwrap();
        let rows = "
            INSERT INTO subscriber (email, email_key, name, topics, created_at) VALUES (?1, ?1, '', '[]', 0);
            INSERT INTO sign_up (subscriber_id, digests, created_at) VALUES (1, '[]', 0);
            INSERT INTO subscription (subscriber_id, digest_id, status) VALUES (1, 1, 'confirmed');
            INSERT INTO edition (digest_id, number, scheduled_for, composed_at, history_head, candidates)
            VALUES (1, 1, 0, 0, 0, 1);
            INSERT INTO mail (edition_id, subject, text, html) VALUES (1, '', '', '');
            INSERT INTO delivery (mail_id, edition_id, subscriber_id, address, message_id, status, created_at)
            VALUES (1, 1, 1, ?1, 'a', 'failed', 0), (1, NULL, 1, ?1, 'b', 'queued', 0), (1, NULL, 0, ?1, 'c', 'queued', 0);
            INSERT INTO bounce (at, delivery_id, class, verified) VALUES (0, 1, 'hard', 1), (0, NULL, 'unknown', 0);
            INSERT INTO refusal (relay, delivery_id, said, suppressed, open) VALUES ('', 1, '', 0, '[]');
            INSERT INTO hook_message (webhook, message_id, topic, body, status, created_at)
            VALUES ('crm', 'msg_1', 'subscriber.left', json_object('data', json_object('subscribers', json_array(json_object('id', 1)))),
                    'failed', 0);
            INSERT INTO passed_over (edition_id, subscriber_id) VALUES (1, 1);
            INSERT INTO personal_calendar (subscriber_id, created_at) VALUES (1, 0);
            INSERT INTO editor (email, email_key, name, role, added_at, left_at) VALUES (?1, ?1, '', 'editor', 0, 1);
            INSERT INTO sign_in (hash, editor_id, asked_at, ends_at) VALUES (x'00', 1, 0, 0);
            INSERT INTO session (hash, editor_id, agent, began_at, seen_at) VALUES (x'00', 1, '', 0, 0);
            INSERT INTO typed (editor_id, place, fields, typed_at) VALUES (1, '', '[]', 0);
            INSERT INTO act (at, actor, action, noun, name, detail) VALUES (0, 'operator', 'edited', 'subscriber', '1', ?1)";
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows.replace("?1", &format!("'{ADA}'"))))
            .execute(&store.write)
            .await
            .unwrap();
        for (table, there) in &schema(&store).await {
            for (kept, column) in columns(table).into_iter().filter(|(kept, _)| matches!(kept, Goes | Emptied)) {
                let kind = &there.iter().find(|(name, _)| name == column).unwrap().1;
                // An act names a row by its id; all else that is text may be hers.
                if !matches!(kind.as_str(), "TEXT" | "BLOB") || (table.as_str(), column) == ("act", "name") {
                    continue;
                }
                let is_list = ["topics", "kinds", "digests", "open"].contains(&column);
                let value = if is_list { format!("[\"{ADA}\"]") } else { ADA.to_owned() };
                // What a column's own rule keeps out is left as it is.
                let fill = format!("UPDATE OR IGNORE {table} SET \"{column}\" = CAST('{value}' AS {kind})");
                sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&store.write).await.unwrap();
                let is_filled = holders(&store, table, column).await > 0;
                let is_words = ["status", "suppressed", "nonce"].contains(&column);
                assert!(is_filled || is_words, "{table}.{column} ({kept:?}) was not filled: add a row to this test");
            }
        }
        store.forget(&Actor::Operator, &ADA.parse::<EmailAddress>().unwrap()).await.unwrap();
        for (table, there) in &schema(&store).await {
            for (column, _) in there {
                assert_eq!(holders(&store, table, column).await, 0, "{table}.{column} still holds the address");
            }
        }
        assert_eq!(
            count(&store, "subscriber").await + count(&store, "sign_up").await + count(&store, "refusal").await,
            0
        );
        assert_eq!((count(&store, "delivery").await, count(&store, "act").await), (3, 2));
    }

    async fn holders(store: &Store, table: &str, column: &str) -> i64 {
        let query = format!("SELECT count(*) FROM {table} WHERE lower(CAST(\"{column}\" AS TEXT)) LIKE '%{ADA}%'");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&store.write).await.unwrap()
    }

    async fn count(store: &Store, table: &str) -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&store.write).await.unwrap()
    }
}
