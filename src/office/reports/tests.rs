//! What Amazon SES tells, with its certificate at hand: those of `tests/data/hooks` are signed by a test's own.

use std::path::PathBuf;

use url::Url;

use super::*;
use crate::store::Stretch;

fn data(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/hooks").join(name)).unwrap()
}

/// An office at the time of the samples, to which SES may tell.
async fn office(folder: &tempfile::TempDir) -> Reports {
    let mut store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
    store.set_clock(Timestamp::from_second(1_795_888_800).unwrap()).await.unwrap();
    let secrets: serde_json::Value = serde_json::from_slice(&data("secrets.json")).unwrap();
    let config = format!("[bounce.hooks.ses]\ntopics = [{}]\n", secrets["ses"]["topic"]);
    let reports = Reports::new(store, &toml::from_str(&config).unwrap()).await.unwrap();
    let url = Url::parse(secrets["ses"]["certificate_url"].as_str().unwrap()).unwrap();
    reports.0.certificates.put(&url, &String::from_utf8(data("keys/ses-cert.pem")).unwrap()).await;
    reports
}

const RELAY_ID: &str = "0107019330ca7a4f-7e212432-6ce6-49b5-a6d6-2a216aaf50be-000000";

/// Readers to whom a mail was sent: one whose report names the Message-ID, one whose mail SES calls so, and one of whom
/// nothing comes back but the address.
async fn send(folder: &tempfile::TempDir) {
    let url = format!("sqlite://{}", folder.path().join("kalends.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let rows = format!(
        "INSERT INTO subscriber (email, email_key, name, topics, created_at)
         VALUES ('emil.berg@office.example.net', 'emil.berg@office.example.net', '', '[]', 0),
                ('yuki@post.example.org', 'yuki@post.example.org', '', '[]', 0),
                ('bjorn@office.example.net', 'bjorn@office.example.net', '', '[]', 0);
         INSERT INTO mail (subject, text, html) VALUES ('', '', '');
         INSERT INTO delivery (mail_id, subscriber_id, address, message_id, relay_id, status, created_at, tried_since)
         SELECT 1, id, email, CASE id WHEN 1 THEN 'k1848.ea9eb962a33e@kalends.example.org' ELSE id END,
                CASE id WHEN 2 THEN '{RELAY_ID}' END, 'sent', 1795800000, 1795800000 FROM subscriber"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    pool.close().await;
}

async fn post(reports: &Reports, sample: &str) -> Result<(), Refusal> {
    let text = String::from_utf8(data(&format!("{sample}.headers"))).unwrap();
    let headers = text.lines().filter_map(|line| line.split_once(": "));
    let headers: hyper::HeaderMap = headers
        .map(|(name, value)| (name.to_ascii_lowercase().parse().unwrap(), value.parse().unwrap()))
        .collect::<Vec<(hyper::header::HeaderName, hyper::header::HeaderValue)>>()
        .into_iter()
        .collect();
    let body = data(&format!("{sample}.json"));
    reports.take(Provider::Ses, &headers, &body).await
}

#[tokio::test]
async fn what_amazon_ses_tells_counts_once_by_whichever_channel_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let reports = office(&folder).await;
    send(&folder).await;
    // The same again, and the same through the other channel.
    for sample in ["ses-02", "ses-14", "ses-36"] {
        post(&reports, sample).await.unwrap();
    }
    let store = &reports.0.store;
    let listed = store.bounces(None, Stretch::default()).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    let of = |bounce: &crate::domain::bounce::Bounce| (bounce.delivery, bounce.proof, bounce.class, bounce.counted);
    assert_eq!(of(&listed[0]), (Some(1), Some(KnownBy::MessageId), Class::Hard, true));
    assert!(listed[0].verified && listed[0].way == Some(Way::Ses));
    // One to two, of whom one is known by what SES calls the mail, and that proves nothing of the other.
    post(&reports, "ses-12").await.unwrap();
    let listed = store.bounces(None, Stretch::default()).await.unwrap();
    let found: Vec<_> = listed.iter().rev().skip(1).map(of).collect();
    let (relay, recipient) = (Some(KnownBy::RelayId), Some(KnownBy::Recipient));
    assert_eq!(found, [(Some(2), relay, Class::Hard, true), (Some(3), recipient, Class::Hard, true)]);
    // What nobody knows is kept, and done.
    post(&reports, "ses-16").await.unwrap();
    let listed = store.bounces(None, Stretch::default()).await.unwrap();
    assert!(listed[0].is_kept && listed[0].class == Class::Unknown && !listed[0].counted, "{:?}", listed[0]);
    let ways = store.ways().await.unwrap();
    assert!(ways.iter().all(|came| came.way == Way::Ses) && ways.iter().map(|came| came.number).sum::<u64>() == 4);
}

#[tokio::test]
async fn what_is_not_of_a_topic_of_ours_is_refused_before_anything_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let reports = office(&folder).await;
    send(&folder).await;
    for (sample, why) in [
        ("ses-18", "signature"),
        ("ses-20", "too long ago"),
        ("ses-24", "topic that is not configured"),
        ("ses-26", "topic that is not configured"),
        ("ses-28", "certificate"),
        ("ses-38", "signature"),
        ("ses-40", "switch raw message delivery off"),
    ] {
        match post(&reports, sample).await {
            Err(Refusal::Unproved { why: said, challenge: None }) => assert!(said.contains(why), "{sample}: {said}"),
            other => panic!("{sample}: {other:?}"),
        }
    }
    assert!(reports.0.store.bounces(None, Stretch::default()).await.unwrap().is_empty());
}
