//! What strangers do at the doors of the site: ask for too much, hold connections, fill mailboxes.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{Daemon, Mail, Office, wait_for};

/// With so many meetings, each with a topic of its own and all with one.
fn crowded(count: usize, config: &str) -> Office {
    let office = Office::with_config(config);
    let mut table = "kind,title,start,organizer,standards,topics\n".to_owned();
    for n in 0..count {
        let day = n % 28 + 1;
        table.push_str(&format!(
            "meeting,Meeting {n} of the working group,2099-{:02}-{day:02},Office {n},GB/T {n}-2020,all;topic {n}\n",
            n % 12 + 1
        ));
    }
    let file = office.write("events.csv", table);
    office.ok(&["import", &file]);
    office
}

/// What comes back for these octets, until the connection ends.
fn say(daemon: &Daemon, octets: &str) -> String {
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(octets.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether the other side has ended the connection.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    match stream.read(&mut [0]) {
        Ok(octets) => octets == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_asks_for_too_much_is_refused_by_name_on_pages_and_in_every_feed() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2099-09-11"]);
    let daemon = office.serve();
    let words = |count: usize| (0..count).map(|n| format!("w{n}")).collect::<Vec<_>>().join("+");
    let topics = |count: usize| (0..count).map(|n| format!("topic=t{n}")).collect::<Vec<_>>().join("&");
    let bad = [
        (format!("q={}", "e+".repeat(30_000)), "q"),
        (format!("q={}", "x".repeat(201)), "q"),
        (format!("q={}", words(11)), "q"),
        (format!("standard={}", "1".repeat(30_000)), "standard"),
        (format!("organizer={}", "a".repeat(201)), "organizer"),
        (topics(51), "topic"),
        (format!("kind={}", "meeting,".repeat(40)), "kind"),
        (format!("anything={}", "x".repeat(20_000)), "anything"),
    ];
    for path in [
        "/",
        "/2099/09",
        "/calendar.ics",
        "/feed.atom",
        "/feed.json",
        "/articles",
        "/archive",
        "/articles.atom",
        "/events/1",
    ] {
        for (query, name) in &bad {
            let answer = daemon.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status(), 400, "{path} {name}");
            let page = answer.text().await.unwrap();
            assert!(
                page.contains(&format!("`{name}`")) || page.contains(&format!("&#96;{name}&#96;")),
                "{path}: {page}"
            );
            assert!(page.len() < 6000, "{path} {name} comes back in {} octets", page.len());
        }
    }
    for good in [format!("q={}", "x".repeat(200)), format!("q={}", words(10)), topics(50)] {
        assert_eq!(daemon.get(&format!("/?{good}")).await.status(), 200, "{good}");
        assert_eq!(daemon.get(&format!("/calendar.ics?{good}")).await.status(), 200, "{good}");
    }
    let twice = daemon.text(&format!("/?q={}Plenary", "plenary+".repeat(20))).await;
    assert!(twice.contains("/events/1"), "{twice}");
    // The last of several values counts, in every form of the answer.
    for (query, is_found) in [("q=none&q=plenary", true), ("q=plenary&q=none", false)] {
        assert_eq!(
            daemon.text(&format!("/calendar.ics?{query}")).await.contains("SUMMARY:Plenary"),
            is_found,
            "{query}"
        );
        assert_eq!(daemon.text(&format!("/?{query}")).await.contains("/events/1\""), is_found, "{query}");
    }
    // A long one that is allowed stands in a page a few times, and not in each of its links.
    let query = (0..50).map(|n| format!("topic={}", "x".repeat(140) + &n.to_string())).collect::<Vec<_>>().join("&");
    for path in ["/", "/2099/09"] {
        let page = daemon.text(&format!("{path}?{query}")).await;
        assert!(page.len() < 12 * query.len(), "{path}: {} octets for {}", page.len(), query.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_costly_questions_at_once_hold_up_nobody_who_asks_how_it_is() {
    let office = crowded(5000, "");
    let daemon = office.serve();
    let words: Vec<String> = (0..10).map(|n| format!("meeting{n}of{n}group")).collect();
    let client = reqwest::Client::new();
    daemon.text("/?q=x").await;
    let asked: Vec<_> = (0..40)
        .map(|n| {
            let path = if n % 2 == 0 { "/" } else { "/calendar.ics" };
            let url = daemon.url(&format!("{path}?q={n}+{}&topic=all&topic=t{n}", words[1..].join("+")));
            tokio::spawn({
                let client = client.clone();
                async move { client.get(url).send().await.unwrap().status().as_u16() }
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    while !asked.iter().all(|asked| asked.is_finished()) {
        let begun = Instant::now();
        assert_eq!(daemon.text("/healthz").await, "ok\n");
        slowest = slowest.max(begun.elapsed());
    }
    for asked in asked {
        assert_eq!(asked.await.unwrap(), 200);
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_shut_nobody_out() {
    // From this machine, as of a proxy, many may come: the oldest make room. From elsewhere, each network has its share.
    for (config, idle) in [("", 560), ("[http]\ntrusted_proxies = []\n", 100)] {
        let office = Office::with_config(config);
        let daemon = office.serve();
        let mut held: Vec<_> = (0..idle).map(|_| TcpStream::connect(&daemon.address).unwrap()).collect();
        // Some have begun to say something.
        for stream in held.iter_mut().step_by(7) {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n");
        }
        let begun = Instant::now();
        for _ in 0..5 {
            assert_eq!(daemon.text("/healthz").await, "ok\n");
        }
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        let silent = held.iter_mut().enumerate().filter(|(n, _)| n % 7 != 0).map(|(_, stream)| stream);
        let closed = silent.take(20).filter_map(|stream| is_closed(stream).then_some(())).count();
        assert_eq!(closed, 20, "of the oldest with {config:?}");
        let last = held.iter_mut().rev().take(20).filter_map(|stream| is_closed(stream).then_some(())).count();
        assert!(last < 10, "{last} of the newest are closed");
    }
}

#[test]
fn who_is_slow_without_end_is_left_and_who_is_slow_gets_all() {
    let office = crowded(6000, "");
    let daemon = office.serve();
    let connect = |said: &str| {
        let mut stream = TcpStream::connect(&daemon.address).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream
    };
    let whole = say(&daemon, "GET /calendar.ics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let begun = Instant::now();
    let ends = std::thread::scope(|scope| {
        // A word now and then, in a head and in a body, and none at all.
        let dripping = [
            "GET / HTTP/1.1\r\nHost: x\r\nX: ",
            "POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\ne",
        ];
        let mut slow: Vec<_> = dripping
            .map(|said| {
                let mut stream = connect(said);
                scope.spawn(move || {
                    while stream.write_all(b"x").is_ok() && !is_closed(&mut stream) {
                        std::thread::sleep(Duration::from_millis(500));
                    }
                    begun.elapsed()
                })
            })
            .into_iter()
            .collect();
        // One that reads nothing: whether it was left shows in what can still be read of what was sent.
        let reader = connect(
            "GET /calendar.ics HTTP/1.1\r\nHost: x\r\n\r\nGET /calendar.ics HTTP/1.1\r\nHost: x\r\n\r\nGET /calendar.ics HTTP/1.1\r\nHost: x\r\n\r\nGET /calendar.ics HTTP/1.1\r\nHost: x\r\n\r\n",
        );
        slow.push(scope.spawn(move || {
            std::thread::sleep(Duration::from_secs(30));
            let mut reader = reader;
            let mut got = Vec::new();
            reader.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let ended = reader.read_to_end(&mut got);
            assert!(
                !matches!(&ended, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
            );
            begun.elapsed()
        }));
        // And one that reads a little all the time, for longer than any of these.
        let patient = connect("GET /calendar.ics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let honest = scope.spawn(move || {
            let (mut patient, mut got) = (patient, Vec::new());
            let mut some = vec![0; 1 + 3_000_000 / 400];
            loop {
                match patient.read(&mut some).unwrap() {
                    0 => return (begun.elapsed(), got),
                    octets => got.extend_from_slice(&some[..octets]),
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let (took, got) = honest.join().unwrap();
        assert!(took > Duration::from_secs(20), "{took:?}: it was not slow");
        let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
        assert_eq!(body(&String::from_utf8(got).unwrap()).len(), body(&whole).len());
        slow.into_iter().map(|slow| slow.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(ends.iter().all(|end| *end < Duration::from_secs(37)), "{ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_one_host() {
    let office = Office::new();
    let daemon = office.serve();
    for (head, status) in [
        ("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n", "200"),
        ("GET / HTTP/1.0\r\n\r\n", "200"),
        ("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nConnection: close\r\n\r\n", "400"),
        ("GET /calendar.ics HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\nConnection: close\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"),
        ("GET /feed.atom HTTP/1.1\r\nHost: <script>\r\nConnection: close\r\n\r\n", "400"),
    ] {
        let answer = say(&daemon, head);
        assert_eq!(answer.get(9..12), Some(status), "{head}: {answer}");
        assert!(!answer.contains("<script>"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_gzip_gets_none() {
    let office = crowded(40, "");
    let daemon = office.serve();
    for (accepted, is_packed) in [
        ("gzip", true),
        ("x-gzip;q=0.5, br", true),
        ("identity;q=0, *", true),
        ("gzip;q=0, *", false),
        ("*, gzip;q=0", false),
        ("gzip;q=0.2, identity;q=0.3", false),
        ("identity", false),
    ] {
        for path in ["/calendar.ics", "/feed.atom", "/events/1.ics"] {
            let answer = daemon.get_with(path, &[("Accept-Encoding", accepted)]).await;
            assert_eq!(answer.headers().contains_key("content-encoding"), is_packed, "{path}: {accepted}");
        }
        if !is_packed {
            let page = daemon.get_with("/", &[("Accept-Encoding", accepted)]).await;
            assert!(!page.headers().contains_key("content-encoding"), "{accepted}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_has_one_address() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2099-09-11"]);
    office.add(&["meeting", "Hidden", "--on", "2099-09-11", "--status", "draft"]);
    let daemon = office.serve();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (path, status, location) in [
        ("/events/1", 200, ""),
        ("/events/1.ics", 200, ""),
        ("/events/001", 301, "/events/1"),
        ("/events/+1", 301, "/events/1"),
        ("/events/001.ics", 301, "/events/1.ics"),
        ("/events/%31", 301, "/events/1"),
        ("/events/01?lang=en", 301, "/events/1?lang=en"),
        ("/events/002", 404, ""),
        ("/events/-1", 404, ""),
        ("/events/0", 404, ""),
    ] {
        let answer = client.get(daemon.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers().get("location").map_or("", |to| to.to_str().unwrap()), location, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_within_the_second_is_seen_by_date_alone_also_over_a_restart() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2099-09-11"]);
    for n in 0..3 {
        office.ok(&["event", "edit", "1", "--location", &format!("Before {n}")]);
        let daemon = office.serve();
        let first = daemon.get("/calendar.ics").await;
        let dated = first.headers()["last-modified"].to_str().unwrap().to_owned();
        office.ok(&["event", "edit", "1", "--location", &format!("After {n}")]);
        let expected = format!("LOCATION:After {n}");
        daemon.kill();
        let daemon = office.serve();
        let again = daemon.get_with("/calendar.ics", &[("If-Modified-Since", &dated)]).await;
        assert_eq!(again.status(), 200);
        assert!(again.text().await.unwrap().contains(&expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_date_is_later_than_now_after_a_start_with_a_clock_ahead() {
    let office = Office::new();
    office.set_clock("2036-01-01T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2099-09-11"]);
    let daemon = office.serve();
    daemon.text("/calendar.ics").await;
    drop(daemon);
    office.sql("DELETE FROM meta WHERE key = 'clock_offset'");
    let daemon = office.serve();
    for path in ["/calendar.ics", "/feed.atom", "/feed.json", "/events/1.ics", "/articles.atom", "/archive.atom"] {
        let dated = daemon.get(path).await.headers()["last-modified"].to_str().unwrap().to_owned();
        assert!(!dated.contains("2036"), "{path}: {dated}");
        let again = daemon.get_with(path, &[("If-Modified-Since", &dated)]).await;
        assert!(matches!(again.status().as_u16(), 200 | 304), "{path}");
    }
}

fn to(mails: &[Mail]) -> Vec<String> {
    mails.iter().map(|mail| mail.header("To")).collect()
}

const ONE_DIGEST: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_three_mails_a_day_however_its_address_is_written() {
    let office = Office::with_config(ONE_DIGEST);
    let mut daemon = office.serve();
    for (n, email) in ["victim+1@", "Victim@", "victim+a+b@", "victim+4@", "VICTIM@", "victim+6@"].iter().enumerate() {
        let email = format!("{email}example.org");
        let client = format!("10.{n}.0.1");
        let answer = daemon.post_from(&client, "/subscribe", &[("email", &email), ("digest", "weekly")]).await;
        assert_eq!(answer.status(), 200);
    }
    // Somebody else of the same provider is not shut out by that.
    daemon.post_from("10.99.0.1", "/subscribe", &[("email", "other@example.org"), ("digest", "weekly")]).await;
    let mails = office.wait_for_mails(4);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 4, "{:?}", to(&mails));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_a_network_does_not_tell_who_is_subscribed() {
    let office = Office::with_config(ONE_DIGEST);
    office.ok(&["subscriber", "add", "known@example.org", "--confirmed"]);
    let mut daemon = office.serve();
    for (n, victim) in ["known@example.org", "unknown@example.org"].into_iter().enumerate() {
        let client = format!("10.{n}.0.1");
        let sign_up = async |email: &str| {
            daemon.post_from(&client, "/subscribe", &[("email", email), ("digest", "weekly")]).await;
        };
        sign_up(victim).await;
        for k in 0..11 {
            sign_up(&format!("own{k}@network{n}.example")).await;
        }
    }
    let own = |n: usize| {
        let ending = format!("@network{n}.example");
        to(&office.outbox()).iter().filter(|to| to.ends_with(&ending)).count()
    };
    wait_for("the mails", || (own(0) >= 9 && own(1) >= 9).then_some(()));
    office.settle(&mut daemon);
    assert_eq!((own(0), own(1)), (9, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_by_a_proxy_that_tells_nothing_shares_one_limit_and_check_says_so() {
    let office = Office::with_config(ONE_DIGEST);
    assert!(!office.run(&["check"]).stdout.contains("X-Forwarded-For"));
    let mut daemon = office.serve();
    for n in 0..13 {
        let email = format!("victim{n}@example.org");
        assert_eq!(daemon.post("/subscribe", &[("email", &email), ("digest", "weekly")]).await.status(), 200);
    }
    office.wait_for_mails(10);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 10);
    let told = office.run(&["check"]).stdout;
    assert!(told.contains("of 10 sign-ups") && told.contains("X-Forwarded-For"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_s_count_delays_and_refuses_nobody() {
    let office = Office::with_config(ONE_DIGEST);
    office.set_clock("2026-09-28T12:00:00Z");
    let mut daemon = office.serve();
    for n in 0..34 {
        let email = format!("reader{n}@example.org");
        let client = format!("10.{n}.0.1");
        daemon.post_from(&client, "/subscribe", &[("email", &email), ("digest", "weekly")]).await;
    }
    let mails = office.wait_for_mails(30);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 30, "{:?}", to(&mails));
    let waiting = office.json(&["delivery", "list", "--status", "queued"]);
    let waiting: Vec<_> =
        waiting.as_array().unwrap().iter().map(|d| d["next_at"].as_str().unwrap().to_owned()).collect();
    assert_eq!(waiting.len(), 4);
    let minutes = |at: &String| at[14..16].parse::<i64>().unwrap();
    assert!(waiting.windows(2).all(|two| (minutes(&two[1]) - minutes(&two[0]) - 1).abs() <= 1), "{waiting:?}");
    drop(daemon);
    office.set_clock("2026-09-28T12:06:00Z");
    let _daemon = office.serve();
    office.wait_for_mails(34);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_mails_to_no_machine_of_ours_and_through_no_other() {
    let office = Office::with_config(ONE_DIGEST);
    let daemon = office.serve();
    for email in [
        "victim@localhost",
        "victim@mail.localhost",
        "victim@127.0.0.1",
        "victim@[127.0.0.1]",
        "victim@[IPv6:::1]",
        "victim@10.0.0.0x7",
        "victim%example.com@example.org",
        "example.com!victim@example.org",
    ] {
        let answer = daemon.post("/subscribe", &[("email", email), ("digest", "weekly")]).await;
        assert_eq!(answer.status(), 400, "{email}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("ada@example.org"), "{email}: {page}");
    }
    assert_eq!(office.ask("SELECT count(*) FROM delivery"), "0");
    // On the command line an editor knows what they do.
    office.ok(&["subscriber", "add", "root@localhost", "--confirmed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_mailed_three_times_a_day_and_count_for_their_network() {
    let office = Office::with_config(ONE_DIGEST);
    office.add(&["meeting", "Plenary", "--on", "2099-09-11"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["subscriber", "add", "bob@example.org", "--confirmed"]);
    let daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(2);
    let link = |to: &str| {
        let mail = mails.iter().find(|mail| mail.header("To").contains(to)).unwrap();
        mail.link("http://127.0.0.1:8080/preferences/").replace("http://127.0.0.1:8080", "")
    };
    let (ada, bob) = (link("ada"), link("bob"));
    for n in 0..4 {
        let status = daemon.post_from(&format!("10.{n}.0.1"), &ada, &[("do", "link")]).await.status();
        assert_eq!(status, if n < 3 { 200 } else { 429 });
    }
    for n in 0..10 {
        let email = format!("own{n}@network.example");
        daemon.post_from("10.50.0.1", "/subscribe", &[("email", &email), ("digest", "weekly")]).await;
    }
    assert_eq!(daemon.post_from("10.50.0.2", &bob, &[("do", "link")]).await.status(), 429);
    assert_eq!(daemon.post_from("10.51.0.1", &bob, &[("do", "link")]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_vanished_does_not_become_all_topics() {
    let office = Office::with_config(ONE_DIGEST);
    office.add(&["meeting", "Plenary", "--on", "2099-09-11", "--topic", "ipv6"]);
    office.add(&["meeting", "Forum", "--on", "2099-09-12", "--topic", "cities"]);
    let daemon = office.serve();
    assert!(daemon.text("/subscribe").await.contains("value=\"ipv6\""));
    office.ok(&["event", "remove", "1", "--yes"]);
    wait_for("the topic to go", || {
        let page = page_at(&daemon, "/subscribe");
        (!page.contains("value=\"ipv6\"")).then_some(())
    });
    let form = [("email", "ada@example.org"), ("digest", "weekly"), ("topic", "ipv6")];
    let answer = daemon.post("/subscribe", &form).await;
    assert_eq!(answer.status(), 400);
    let page = answer.text().await.unwrap();
    assert!(page.contains("ipv6") && page.contains("value=\"ada@example.org\""), "{page}");
    assert_eq!(office.ask("SELECT count(*) FROM sign_up"), "0");
    // What else was chosen is kept, however its letters are written.
    daemon.post("/subscribe", &[form[0], form[1], form[2], ("topic", "CITIES")]).await;
    assert_eq!(office.ask("SELECT topics FROM sign_up"), "[\"cities\"]");

    // Nor does a reader who knew the page as it was get all.
    office.ok(&["subscriber", "add", "bob@example.org", "--topic", "cities", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(2);
    let mail = mails.iter().find(|mail| mail.header("To").contains("bob")).unwrap();
    let link = mail.link("http://127.0.0.1:8080/preferences/").replace("http://127.0.0.1:8080", "");
    let answer = daemon.post(&link, &[("do", "save"), ("digest", "weekly"), ("topic", "ipv6")]).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(office.json(&["subscriber", "show", "bob@example.org"])["topics"], serde_json::json!(["cities"]));
}

fn page_at(daemon: &Daemon, path: &str) -> String {
    say(daemon, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_is_offered_only_where_it_does_something() {
    let own_time = format!("{ONE_DIGEST}per_reader_time = true\n");
    // One that comes more than once a day keeps to its own hours.
    let twice_a_day = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8,14 * * *\"\nper_reader_time = true\n";
    for (config, is_offered) in [(ONE_DIGEST, false), (own_time.as_str(), true), (twice_a_day, false)] {
        let office = Office::with_config(config);
        office.add(&["meeting", "Plenary", "--on", "2099-09-11"]);
        office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
        let daemon = office.serve();
        office.ok(&["digest", "send", "weekly"]);
        let link = office.wait_for_mails(1)[0].link("http://127.0.0.1:8080/preferences/");
        let page = daemon.text(&link.replace("http://127.0.0.1:8080", "")).await;
        assert_eq!(page.contains("name=\"send_hour\""), is_offered, "{page}");
    }
}
