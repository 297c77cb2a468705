//! What it costs to make an edition for many readers: `cargo bench --bench editions`, or with another number of readers
//! `cargo bench --bench editions -- 1000000`. Each figure is a ratio to something else in the same run; rounds are taken
//! in turns, because machines are noisy, and medians are compared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kalends::config::Config;
use kalends::digest::draft::Draft;
use kalends::domain::actor::Actor;
use kalends::domain::edition::Rendered;
use kalends::domain::event::EventPatch;
use kalends::domain::import::ImportOrigin;
use kalends::domain::mark::EditionMarks;
use kalends::domain::note::EditorsNotes;
use kalends::domain::zone::Zone;
use kalends::intake::{Intake, ToldEvent};
use kalends::store::{Grouping, Made, NewEdition, Portion, ReaderGroup, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use tempfile::TempDir;

const READERS: usize = 100_000;
/// What readers choose: so many different topics, one each.
const CHOICES: usize = 20;
/// In how many zones they live, where that is looked at.
const ZONES: usize = 400;
const EVENTS: usize = 10_000;
const ROUNDS: usize = 5;
/// When editions are made; the events lie a year around it.
const NOW: &str = "2020-09-28T00:00:00Z";

const CONFIG: &str = "
[site]
timezone = \"Asia/Shanghai\"
[[digest]]
slug = \"weekly\"
schedule = \"0 8 * * mon\"
per_reader_time = true
";

/// A table as that of deliveries, with as many indexes.
const BARE_TABLE: &str = "
CREATE TABLE bare (
    id INTEGER PRIMARY KEY AUTOINCREMENT, mail_id INTEGER NOT NULL, edition_id INTEGER, subscriber_id INTEGER NOT NULL,
    address TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, attempts INTEGER NOT NULL,
    tried_since INTEGER, doubts INTEGER NOT NULL, next_at INTEGER, error TEXT, created_at INTEGER NOT NULL,
    lane INTEGER NOT NULL, relay TEXT, UNIQUE (edition_id, subscriber_id)
) STRICT;
CREATE INDEX bare_of_edition ON bare (edition_id, status);
CREATE INDEX bare_of_mail ON bare (mail_id);
CREATE INDEX bare_due ON bare (lane, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX bare_on_the_wire ON bare (id) WHERE status = 'sending';
CREATE INDEX bare_of_subscriber ON bare (subscriber_id);";

fn main() {
    let readers = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(READERS);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(readers));
}

async fn run(readers: usize) {
    let config = Config::parse("bench", CONFIG, Vec::new()).unwrap();
    compare_zones(&config).await;
    let (few, many) = (Office::with(CHOICES).await, Office::with(readers).await);
    let (mut read, mut choose) = (Vec::new(), Vec::new());
    let (mut compose_few, mut compose_many) = (Vec::new(), Vec::new());
    let (mut group, mut count) = (Vec::new(), Vec::new());
    let (mut queue, mut bare) = (Vec::new(), Vec::new());
    let (mut rendered, mut growth) = (0, None);
    for round in 0..ROUNDS {
        let begun = Instant::now();
        few.store.each_event(drop).await.unwrap();
        read.push(begun.elapsed());
        choose.push(few.choose(&config).await);

        count.push(many.count_readers().await);
        let begun = Instant::now();
        let groups = many.store.reader_groups("weekly", &grouping(true)).await.unwrap();
        group.push(begun.elapsed());

        let groups_of_few = few.store.reader_groups("weekly", &grouping(true)).await.unwrap();
        let begun = Instant::now();
        few.compose(&config, groups_of_few).await;
        compose_few.push(begun.elapsed());
        let begun = Instant::now();
        let (mails, portions) = many.compose(&config, groups).await;
        compose_many.push(begun.elapsed());
        rendered = mails.len();

        forget_peak();
        let before = resident("VmRSS:");
        let begun = Instant::now();
        many.queue(&config, round, &mails, &portions).await;
        queue.push(begun.elapsed());
        growth = growth.max(resident("VmHWM:").zip(before).map(|(peak, before)| peak.saturating_sub(before)));
        bare.push(many.insert_bare().await);
    }
    println!(
        "{EVENTS} events, {readers} readers, {CHOICES} choices: {rendered} renderings; medians of {ROUNDS} rounds"
    );
    for (what, times, reference_name, reference, target) in [
        ("choosing for 20 groups", &mut choose, "reading all events", &mut read.clone(), 0.5),
        ("grouping all readers", &mut group, "counting them", &mut count, 5.0),
        ("the mails for all", &mut compose_many, "the mails for 20 readers", &mut compose_few, 1.2),
        ("queueing all deliveries", &mut queue, "a bare INSERT ... SELECT", &mut bare, 3.0),
    ] {
        let (time, reference) = (median(times), median(reference));
        let ratio = time.as_secs_f64() / reference.as_secs_f64();
        println!(
            "{what:<24} {time:>9.1?}   {reference_name:<25} {reference:>9.1?}   ratio {ratio:.2} (to reach: {target})"
        );
    }
    if let Some(growth) = growth {
        println!("queueing took {:.1} MB of memory at most", growth as f64 / 1024.0);
    }
}

/// What it costs that readers live all over the world: nothing, unless an edition tells times, and then a mail for all whose
/// clocks show the same, and not one for each zone.
async fn compare_zones(config: &Config) {
    let zones = Zone::names().into_iter().take(ZONES).collect::<Vec<_>>();
    for has_times in [false, true] {
        let office = Office::of(ZONES * CHOICES, if has_times { timed } else { told }).await;
        let (mut here, mut everywhere) = (Vec::new(), Vec::new());
        let (mut counts, mut mails_here) = ((0, 0), 0);
        for _ in 0..ROUNDS {
            for (homes, times) in [(&zones[..1], &mut here), (&zones[..], &mut everywhere)] {
                office.live_in(homes).await;
                let draft = office.draft(config).await;
                let begun = Instant::now();
                let groups = office.store.reader_groups("weekly", &draft.grouping(false)).await.unwrap();
                let number = groups.len();
                let mails = office.compose(config, groups).await.0.len();
                times.push(begun.elapsed());
                match homes.len() {
                    1 => mails_here = mails,
                    _ => counts = (number, mails),
                }
            }
        }
        let what = if has_times { "with times" } else { "of days alone" };
        let ((groups, mails), ratio) =
            (counts, median(&mut everywhere).as_secs_f64() / median(&mut here).as_secs_f64());
        println!(
            "an edition {what}, {CHOICES} choices, {} zones: {groups} groups, {mails} mails; in one zone {mails_here} mails; \
             time by {ratio:.1}",
            zones.len()
        );
    }
}

/// As long as nothing was told and nobody missed anything.
fn grouping(per_reader_time: bool) -> Grouping {
    Grouping { per_reader_time, ..Grouping::by_choice() }
}

struct Office {
    store: Store,
    folder: TempDir,
}

impl Office {
    async fn with(readers: usize) -> Self {
        Self::of(readers, told).await
    }

    async fn of(readers: usize, told: fn(usize) -> ToldEvent) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.set_clock(NOW.parse().unwrap()).await.unwrap();
        store.register_digests(["weekly"]).await.unwrap();
        let intake = Intake::of((0..EVENTS).map(told), &Zone::utc());
        assert!(intake.rejected.is_empty(), "{:?}", intake.rejected.first());
        let origin = ImportOrigin { host: "example.org", ..ImportOrigin::default() };
        store.import_events(&Actor::Operator, intake.entries, origin).await.unwrap();
        let mut connection = connect(folder.path()).await;
        sqlx::query(
            "WITH RECURSIVE reader (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM reader WHERE n + 1 < $1)
             INSERT INTO subscriber (email, email_key, name, topics, timezone, created_at)
             SELECT 'reader' || n || '@example.org', 'reader' || n || '@example.org', '',
                    json_array('topic ' || (n % $2)), iif(n % 2, 'Europe/Brussels', 'America/New_York'), 0 FROM reader",
        )
        .bind(readers as i64)
        .bind(CHOICES as i64)
        .execute(&mut connection)
        .await
        .unwrap();
        connection
            .execute(
                "INSERT INTO subscription (subscriber_id, digest_id, status) SELECT id, 1, 'confirmed' FROM subscriber;
                 UPDATE event SET created_at = 0; UPDATE history SET at = 0;",
            )
            .await
            .unwrap();
        connection.close().await.unwrap();
        Self { store, folder }
    }

    /// Lets its readers live in these zones, with all choices in each.
    async fn live_in(&self, zones: &[String]) {
        let mut connection = connect(self.folder.path()).await;
        sqlx::query("UPDATE subscriber SET timezone = json_extract($1, '$[' || ((id - 1) / $2 % $3) || ']')")
            .bind(serde_json::to_string(zones).unwrap())
            .bind(CHOICES as i64)
            .bind(zones.len() as i64)
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    async fn draft<'a>(&self, config: &'a Config) -> Draft<'a> {
        let now = NOW.parse().unwrap();
        Draft::load(&self.store, config, &config.digests[0], now, now, None).await.unwrap()
    }

    /// How long it takes to choose what each group is told, without rendering it.
    async fn choose(&self, config: &Config) -> Duration {
        let draft = self.draft(config).await;
        let groups = self.store.reader_groups("weekly", &grouping(false)).await.unwrap();
        let begun = Instant::now();
        for group in groups {
            let content = draft.content(&draft.audience(&group.choice, draft.date_in(&Zone::utc()), draft.as_of));
            assert!(!content.is_empty());
        }
        begun.elapsed()
    }

    /// All that is done before the database is held, once the groups are known.
    async fn compose(&self, config: &Config, groups: Vec<ReaderGroup>) -> (Vec<Rendered>, Vec<Portion>) {
        let draft = self.draft(config).await;
        let today = draft.date_in(&Zone::utc());
        let (mut mails, mut places, mut portions) = (Vec::new(), HashMap::new(), Vec::new());
        for group in groups {
            let audience = draft.audience(&group.choice, today, draft.as_of);
            let place = *places.entry(audience.clone()).or_insert_with(|| {
                mails.push(draft.mail(&draft.content(&audience), &audience).unwrap());
                mails.len() - 1
            });
            portions.push(Portion { group, mail: Some(place), next_at: self.store.now() });
        }
        (mails, portions)
    }

    /// How long it takes only to go through all readers.
    async fn count_readers(&self) -> Duration {
        let mut connection = connect(self.folder.path()).await;
        let begun = Instant::now();
        connection
            .execute("SELECT count(email) FROM subscription JOIN subscriber ON subscriber.id = subscriber_id")
            .await
            .unwrap();
        let taken = begun.elapsed();
        connection.close().await.unwrap();
        taken
    }

    async fn queue(&self, config: &Config, round: usize, mails: &[Rendered], portions: &[Portion]) {
        let new = NewEdition {
            digest: "weekly",
            scheduled_for: NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(168 * round as i64),
            history_head: self.store.history_head().await.unwrap(),
            mail_domain: config.mail.from.address.domain(),
            by: None,
            history_since: 0,
            grouping: &grouping(true),
            tellings: &[],
            archived: &[],
            notes: &EditorsNotes::default(),
            marks: &EditionMarks::default(),
            follows: None,
            notices: &[],
        };
        let made = self.store.create_edition(&new, mails, portions).await.unwrap();
        assert!(matches!(made, Made::Edition(_)), "{made:?}");
    }

    /// The rows of the last edition into an empty table.
    async fn insert_bare(&self) -> Duration {
        let mut connection = connect(self.folder.path()).await;
        connection.execute(BARE_TABLE).await.unwrap();
        let begun = Instant::now();
        connection
            .execute(
                "INSERT INTO bare (mail_id, edition_id, subscriber_id, address, message_id, status, attempts, doubts,
                                   next_at, created_at, lane)
                 SELECT mail_id, edition_id, subscriber_id, address, message_id, status, attempts, doubts, next_at,
                        created_at, lane
                 FROM delivery WHERE edition_id = (SELECT max(id) FROM edition)",
            )
            .await
            .unwrap();
        let taken = begun.elapsed();
        connection.execute("DROP TABLE bare; PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        connection.close().await.unwrap();
        taken
    }
}

async fn connect(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(folder.join("kalends.db"))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(60))
        .connect()
        .await
        .unwrap()
}

fn told(number: usize) -> ToldEvent {
    let day = NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * (number as i64 % 730 - 365));
    let text = |text: String| Some(text);
    ToldEvent {
        line: number as u64,
        uid: text(format!("{number:06}@example.org")),
        fields: EventPatch {
            kind: ["meeting", "forum", "release", "deadline"][number % 4].parse().ok(),
            title: text(format!("中秋节 meeting {number}; budget, review 🎉")),
            start: day.strftime("%Y-%m-%d").to_string().parse().ok(),
            location: text("上海市人民大道100号".into()),
            topics: Some(vec![format!("topic {}", number % CHOICES)]),
            description: text("An agenda of the usual points, and some words more on each. ".repeat(4)),
            ..EventPatch::default()
        },
        ..ToldEvent::default()
    }
}

/// The same at a time of that day.
fn timed(number: usize) -> ToldEvent {
    let mut told = told(number);
    let day = told.fields.start.as_ref().unwrap().to_string();
    told.fields.start = format!("{day} {:02}:00", number % 24).parse().ok();
    told
}

/// Lets the peak of resident memory count from now on; only Linux has that.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A line of the process's memory, in kilobytes.
fn resident(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let found = status.lines().find_map(|text| text.strip_prefix(line))?;
    found.trim().trim_end_matches("kB").trim().parse().ok()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
