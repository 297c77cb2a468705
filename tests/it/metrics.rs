//! `/metrics`, read as a program reads it.

use std::collections::BTreeMap;

use crate::support::calendar_server::CalendarServer;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Office, wait_for};

/// The samples of an exposition, by name and labels as they stand there. Panics at what Prometheus would not take, or would
/// take for something else.
fn parsed(text: &str) -> BTreeMap<String, f64> {
    let (mut helps, mut types, mut samples) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').unwrap();
            assert!(text.len() > 5 && !helps.contains(&name), "{line}");
            helps.push(name);
        } else if let Some(told) = line.strip_prefix("# TYPE ") {
            let (name, kind) = told.split_once(' ').unwrap();
            assert!(helps.last() == Some(&name) && types.insert(name, kind).is_none(), "{line}");
        } else {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let family = name.split('{').next().unwrap();
            assert!(family.starts_with("kalends_") && helps.last() == Some(&family), "{line} is not below its family");
            assert_eq!(family.ends_with("_total"), types[family] == "counter", "{line}");
            let labels = name.strip_prefix(family).unwrap();
            assert!(labels.is_empty() || labels.starts_with('{') && labels.ends_with("\"}"), "{line}");
            let is_whole = types[family] != "counter" || value.parse::<u64>().is_ok();
            assert!(is_whole && samples.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{line}");
        }
    }
    assert_eq!(helps.len(), types.len());
    samples
}

async fn scrape(url: &str) -> BTreeMap<String, f64> {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    parsed(&answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_watcher_asks_for_is_told_and_no_secret() {
    let (server, calendar) = (SmtpServer::start().await, CalendarServer::start());
    server.on_rcpt("gone@example.com", "550 5.1.1 nobody here");
    server.on_rcpt("busy@example.com", "451 4.3.0 try later");
    calendar.fail(500, "");
    let office = Office::with_config(&format!(
        "[site]\nbase_url = \"https://example.org\"\n\
         [mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n\
         [metrics]\nlisten = \"127.0.0.1:0\"\n[fetch]\nallowed_hosts = [\"{calendar}\"]\n\
         [operator]\nping = \"http://{calendar}/hush\"\n[backup]\nfolder = \"copies\"\n\
         [[source]]\nname = \"tc260\"\nurl = \"http://{calendar}/hush.ics?token=hush\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n\
         [[digest]]\nslug = \"paused\"\nschedule = \"0 8 * * 1\"\n",
        server.port(),
        calendar = calendar.address
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    for reader in ["ada@example.com", "gone@example.com", "busy@example.com"] {
        office.ok(&["subscriber", "add", reader, "--digest", "weekly", "--confirmed"]);
    }
    office.ok(&["digest", "pause", "paused"]);
    let mut daemon = office.serve();
    let url = daemon.metrics_url();
    office.settle(&mut daemon);
    let before = scrape(&url).await;
    assert_eq!(before["kalends_oldest_waiting_delivery_age_seconds"], 0.0);
    assert_eq!(before["kalends_delivery_attempts_total{outcome=\"sent\"}"], 0.0);

    office.ok(&["digest", "send", "weekly"]);
    let open = "SELECT count(*) FROM delivery WHERE status IN ('queued', 'sending')";
    wait_for("all to be tried", || (office.ask(open) == "0").then_some(()));
    let etag = daemon.get("/calendar.ics").await.headers()["etag"].to_str().unwrap().to_owned();
    for _ in 0..3 {
        assert_eq!(daemon.get_with("/calendar.ics", &[("If-None-Match", &etag)]).await.status(), 304);
    }
    assert_eq!(daemon.get("/nothing").await.status(), 404);
    for (email, status) in [("new@example.com", 200), ("nonsense", 400)] {
        assert_eq!(daemon.post("/subscribe", &[("email", email), ("digest", "weekly")]).await.status(), status);
    }
    office.settle(&mut daemon);
    let _ = wait_for("the backup", || office.path("copies").read_dir().ok()?.next());
    office.settle(&mut daemon);

    let now = scrape(&url).await;
    let expected = [
        ("kalends_build_info{version=\"0.2.0\"}", 1.0),
        ("kalends_events{status=\"confirmed\"}", 1.0),
        ("kalends_readers", 2.0),
        ("kalends_digest_readers{digest=\"weekly\"}", 3.0),
        ("kalends_deliveries{status=\"failed\"}", 1.0),
        ("kalends_deliveries{status=\"deferred\"}", 1.0),
        ("kalends_delivery_attempts_total{outcome=\"sent\"}", 2.0),
        ("kalends_delivery_attempts_total{outcome=\"failed\"}", 1.0),
        ("kalends_delivery_attempts_total{outcome=\"deferred\"}", 1.0),
        ("kalends_delivery_attempts_total{outcome=\"uncertain\"}", 0.0),
        ("kalends_bounces_total{class=\"hard\"}", 1.0),
        ("kalends_bounces_total{class=\"complaint\"}", 0.0),
        ("kalends_sign_ups_total", 1.0),
        ("kalends_sign_ups_refused_total{reason=\"wrong\"}", 1.0),
        ("kalends_sign_ups_refused_total{reason=\"limited\"}", 0.0),
        ("kalends_http_answers_total{kind=\"feed\",code=\"200\"}", 1.0),
        ("kalends_http_answers_total{kind=\"feed\",code=\"304\"}", 3.0),
        ("kalends_http_answers_total{kind=\"page\",code=\"404\"}", 1.0),
        ("kalends_http_answers_total{kind=\"form\",code=\"400\"}", 1.0),
        ("kalends_feed_hits_total", 4.0),
        ("kalends_feed_not_modified_total", 3.0),
        ("kalends_source_failures{source=\"tc260\",number=\"1\"}", 1.0),
        ("kalends_digest_paused{digest=\"paused\"}", 1.0),
        ("kalends_digest_paused{digest=\"weekly\"}", 0.0),
        ("kalends_alerts_open{kind=\"relay\"}", 0.0),
        ("kalends_configuration_refused", 0.0),
        ("kalends_backup_failed", 0.0),
        ("kalends_last_failed_write_timestamp_seconds", 0.0),
        ("kalends_ping_failed", 0.0),
    ];
    for (name, value) in expected {
        assert_eq!(now.get(name), Some(&value), "{name} in {now:#?}");
    }
    let age = now["kalends_oldest_waiting_delivery_age_seconds"];
    assert!(age > 0.0 && age < 60.0, "{age}");
    let clock = jiff::Timestamp::now().as_second() as f64;
    for name in [
        "kalends_digest_last_edition_timestamp_seconds{digest=\"weekly\"}",
        "kalends_start_timestamp_seconds",
        "kalends_configuration_taken_timestamp_seconds",
        "kalends_backup_last_timestamp_seconds",
    ] {
        assert!((clock - now[name]).abs() < 60.0, "{name} {}", now[name]);
    }
    let next = now["kalends_digest_next_edition_timestamp_seconds{digest=\"weekly\"}"];
    assert!(next > clock && next < clock + 8.0 * 86_400.0, "{next}");
    assert!(!now.contains_key("kalends_digest_next_edition_timestamp_seconds{digest=\"paused\"}"));
    let size = now["kalends_database_size_bytes"];
    assert_eq!(size, office.path("data/kalends.db").metadata().unwrap().len() as f64);
    assert!(now["kalends_database_log_size_bytes"] > 0.0);
    assert!(now["kalends_disk_free_bytes{of=\"database\"}"] <= now["kalends_disk_size_bytes{of=\"database\"}"]);
    assert!(!format!("{now:?}").contains("hush"), "{now:#?}");

    // Who asks for the other form gets that.
    let request = reqwest::Client::new().get(&url).header("Accept", "application/openmetrics-text; version=1.0.0");
    let answer = request.send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text().await.unwrap();
    assert!(text.contains("# TYPE kalends_feed_hits counter\nkalends_feed_hits_total 4\n"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_is_told_to_be_stopped_as_long_as_it_is() {
    let server = SmtpServer::start().await;
    server.refuse_everybody(Some("550 5.7.1 your host has no name"));
    let relay = format!("smtp://127.0.0.1:{}", server.port());
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \"{relay}\"\n\
         [metrics]\nlisten = \"127.0.0.1:0\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n"
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = (0..20).map(|n| format!("reader{n}@domain{}.example,weekly,2020-01-01\n", n % 5)).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    let mut daemon = office.serve();
    let url = daemon.metrics_url();
    let name = format!("kalends_relay_stopped{{relay=\"{relay}\"}}");
    assert_eq!(scrape(&url).await[&name], 0.0);
    office.ok(&["digest", "send", "weekly"]);
    daemon.wait_for_line("refuses all mail");
    office.settle(&mut daemon);
    let now = scrape(&url).await;
    assert_eq!((now[&name], now["kalends_alerts_open{kind=\"relay\"}"]), (1.0, 1.0));
    server.refuse_everybody(None);
    office.ok(&["delivery", "retry", "--all"]);
    daemon.wait_for_line("the edition is through");
    office.settle(&mut daemon);
    let now = scrape(&url).await;
    assert_eq!((now[&name], now["kalends_alerts_open{kind=\"relay\"}"]), (0.0, 0.0));
    assert_eq!(now["kalends_delivery_attempts_total{outcome=\"sent\"}"], 20.0);
}
