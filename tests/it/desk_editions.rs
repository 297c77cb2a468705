//! Editions at the desk: watched as they go, stopped, sent again, corrected; and how they are shown.

use std::time::Duration;

use crate::support::browser::Browser;
use crate::support::smtp_server::{Fault, SmtpServer};
use crate::support::{Office, wait_for};

const ADA: &str = "ada@example.org";
const OPI: &str = "opi@example.org";
const PAGE: &str = "/admin/editions/weekly/1";
const LIVE: &str = "/admin/editions/weekly/1/live";

/// An office whose first edition waits to go to so many readers, over the server.
fn office(server: &SmtpServer, readers: usize) -> Office {
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 1\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
        server.port()
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = (0..readers).map(|n| format!("reader{n}@example.com,weekly,2020-01-01\n")).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    office
}

/// What is told until this part of it, or until its end.
async fn told(response: &mut reqwest::Response, part: &str) -> String {
    let mut told = String::new();
    while !told.contains(part) {
        let chunk = tokio::time::timeout(Duration::from_secs(30), response.chunk()).await;
        match chunk.unwrap_or_else(|_| panic!("no {part} in {told}")).unwrap() {
            Some(octets) => told += std::str::from_utf8(&octets).unwrap(),
            None => panic!("it ended without {part}: {told}"),
        }
    }
    told
}

/// How many mails readers got; editors get some, too.
fn to_readers(server: &SmtpServer) -> usize {
    server.received().iter().filter(|mail| mail.to.concat().starts_with("reader")).count()
}

fn sent(office: &Office) -> i64 {
    office.json(&["digest", "status", "weekly/1"])["sent"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_watched_stopped_and_let_go_on() {
    let weather = |address: &str, tried| match (address, tried) {
        ("reader0@example.com", 0) => Fault::Rcpt("554 5.7.1 <reader0@example.com>: not today"),
        _ => Fault::Slow(Duration::from_millis(150)),
    };
    let server = SmtpServer::builder().weather(weather).start().await;
    let office = office(&server, 40);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let page = editor.get(PAGE).await;
    assert!(page.has(&format!("data-live=\"{LIVE}\"")) && page.has("Stop sending"), "{}", page.text);

    let mut live = editor.watch(LIVE).await;
    assert_eq!(live.headers()["content-type"], "text/event-stream");
    assert_eq!(live.headers()["cache-control"], "no-store");
    let first = told(&mut live, "event: progress").await;
    assert!(!first.contains("turned"), "{first}");
    // How fast it goes, until when, and why something did not go, with nobody's address.
    let later = told(&mut live, " a minute; through at about ").await;
    assert!(!later.contains("reader0"), "{later}");
    assert_eq!(editor.post(PAGE, &[("do", "stop")]).await.status, 303);
    told(&mut live, "event: turned").await;
    assert!(live.chunk().await.unwrap().is_none());

    let stopped = editor.get(PAGE).await;
    assert!(stopped.has("Stopped: ") && stopped.has("Send the rest") && stopped.has("Give it up"), "{}", stopped.text);
    office.ok(&["event", "edit", "1", "--on", "2090-02-03"]);
    let changed = editor.get(PAGE).await;
    assert!(changed.has("this has changed") && changed.has("3 February 2090"), "{}", changed.text);
    assert_eq!(editor.post(PAGE, &[("do", "go-on")]).await.status, 303);
    wait_for("all but one to be sent", || (sent(&office) == 39).then_some(()));
    let rest = editor.get(PAGE).await;
    assert!(rest.has("All but one are settled") && rest.has("1 tried again") && rest.has("not today"), "{}", rest.text);
    let today = editor.get("/admin").await;
    assert!(today.has("1 tried again") && today.has("not today"), "{}", today.text);
    assert!(!rest.has("reader0") && !today.has("reader0"), "{}", rest.text);

    let again = editor.post(PAGE, &[("do", "retry")]).await;
    assert_eq!(again.location, format!("{PAGE}?done=retried-all&count=1"), "{}", again.text);
    assert!(editor.get(&again.location).await.has("One mail is sent again."));
    wait_for("the last one", || (sent(&office) == 40).then_some(()));
    let through = editor.get(PAGE).await;
    assert!(through.has("Through.") && !through.has("data-live") && !through.has("Stop sending"), "{}", through.text);
    assert_eq!(to_readers(&server), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_has_a_place_of_few_and_holds_up_no_end() {
    let slow = |_: &str, _| Fault::Slow(Duration::from_millis(500));
    let server = SmtpServer::builder().weather(slow).start().await;
    let office = office(&server, 200);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    assert_eq!(Browser::new(&daemon).watch(LIVE).await.status(), 303);
    assert_eq!(editor.get("/admin/editions/weekly/9/live").await.status, 404);
    let mut watching = Vec::new();
    for _ in 0..16 {
        let mut live = editor.watch(LIVE).await;
        told(&mut live, "event: progress").await;
        watching.push(live);
    }
    let refused = editor.watch(LIVE).await;
    assert_eq!(refused.status(), 503);
    // Who goes away leaves a place.
    watching.pop();
    wait_for("a place", || {
        let watched = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(editor.watch(LIVE)));
        (watched.status() == 200).then_some(())
    });
    // Whoever is out sees no more of it.
    let mut left = watching.pop().unwrap();
    assert_eq!(editor.post("/admin/sign-out", &[]).await.status, 303);
    while left.chunk().await.unwrap().is_some() {}

    let operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let mut still = operator.watch(LIVE).await;
    told(&mut still, "event: progress").await;
    let (status, took) = tokio::task::block_in_place(|| daemon.stop());
    assert!(status.success() && took < Duration::from_secs(4), "{status} {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_corrected_and_sent_to_one_reader_again() {
    let server = SmtpServer::start().await;
    let office = office(&server, 3);
    let daemon = office.serve();
    wait_for("all to be sent", || (sent(&office) == 3).then_some(()));
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    editor.get(PAGE).await;
    let place = ("place", PAGE);
    let empty = editor.post(PAGE, &[place, ("do", "correct"), ("text", " "), ("mail", "yes")]).await;
    assert!(empty.status == 422 && empty.has("a correction says something"), "{}", empty.text);
    assert!(empty.has("value=\"yes\" checked"), "{}", empty.text);
    let text = ("text", "It is on **3 January** 2090.");
    let corrected = editor.post(PAGE, &[place, ("do", "correct"), text, ("mail", "yes")]).await;
    assert_eq!(corrected.location, format!("{PAGE}?done=corrected-mailed&count=3"), "{}", corrected.text);
    let archive = daemon.text("/archive/weekly/1").await;
    assert!(archive.contains("<strong>3 January</strong>"), "{archive}");
    wait_for("the corrections", || (to_readers(&server) == 6).then_some(()));
    let again = editor.post(PAGE, &[place, ("do", "correct"), text]).await;
    assert!(again.status == 409 && again.has("is corrected so already") && again.has("3 January"), "{}", again.text);

    let one = [("do", "resend"), ("email", "reader1@example.com")];
    assert_eq!(editor.post(PAGE, &one).await.status, 403);
    operator.get(PAGE).await;
    let resent = operator.post(PAGE, &one).await;
    assert_eq!(resent.location, format!("{PAGE}?done=resent"), "{}", resent.text);
    wait_for("the mail to one of them", || (to_readers(&server) == 7).then_some(()));
    for (email, status) in [("nobody@example.com", 404), ("nobody", 422)] {
        let refused = operator.post(PAGE, &[("do", "resend"), ("email", email)]).await;
        assert!(refused.status == status && refused.has(&format!("value=\"{email}\"")), "{}", refused.text);
    }
    assert!(office.ok(&["acts"]).contains("editor ada@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_shown_light_dark_and_as_wide_as_a_phone() {
    let server = SmtpServer::start().await;
    let office = office(&server, 1);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let shown = editor.get("/admin/editions/weekly?width=phone&look=dark").await;
    assert!(shown.has("class=\"mail narrow\"") && shown.has("look=dark\""), "{}", shown.text);
    for (look, media) in
        [("dark", "@media all"), ("light", "@media not all"), ("", "@media (prefers-color-scheme: dark)")]
    {
        let mail = editor.get(&format!("/admin/editions/weekly/preview?look={look}")).await;
        assert!(mail.has(media), "{look}: {}", mail.text);
        assert_eq!(mail.has("prefers-color-scheme"), look.is_empty(), "{look}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_tried_tested_and_sent_before_its_time() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n");
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    const NEXT: &str = "/admin/editions/weekly";
    editor.get(NEXT).await;
    let nobody = editor.post(NEXT, &[("do", "send"), ("instead", "yes")]).await;
    assert!(nobody.status == 409 && nobody.has("Nobody has confirmed"), "{}", nobody.text);
    office.ok(&["subscriber", "add", "grace@example.net", "--digest", "weekly", "--confirmed"]);
    let trial = editor.post(NEXT, &[("do", "send"), ("instead", "yes")]).await;
    assert!(trial.status == 202 && trial.has("would go to one reader at once"), "{}", trial.text);
    assert!(trial.has("takes the place of the next one") && office.rows("SELECT id FROM edition").is_empty());
    assert_eq!(editor.post(NEXT, &[("do", "test")]).await.location, format!("{NEXT}?done=tested"));
    let is_there = |begin: &str| office.outbox().iter().any(|mail| mail.subject().starts_with(begin)).then_some(());
    wait_for("the test", || is_there("[Test] "));
    let sent = editor.post(NEXT, &[("do", "send-now"), ("instead", "yes")]).await;
    assert_eq!(sent.location, format!("{PAGE}?done=sent"), "{}", sent.text);
    wait_for("the edition", || office.outbox().iter().any(|mail| mail.header("To").contains("grace@")).then_some(()));
    let shown = editor.get(&sent.location).await;
    assert!(shown.has("It is on its way.") && shown.has(" / 1</span>"), "{}", shown.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_edition_is_shaped_a_page_at_a_time_and_is_shown_as_it_is_now() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n");
    let rows: String = (0..230).map(|n| format!("meeting,Session {n:03},2090-01-01\n")).collect();
    office.ok(&["import", &office.write("events.csv", format!("kind,title,start\n{rows}"))]);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let (first, second) = ("/admin/editions/weekly", "/admin/editions/weekly?from=200");
    let page = editor.get(first).await;
    assert!(page.has("Session 000") && page.has("Session 199") && !page.has("Session 200"), "{}", page.text);
    assert!(page.has(&format!("href=\"{second}\"")), "{}", page.text);
    let page = editor.get(second).await;
    assert!(!page.has("Session 199") && page.has("Session 200") && page.has("Session 229"), "{}", page.text);
    assert!(!page.has("from=400"), "{}", page.text);

    // What was composed for the looks before is not what is shown after a change, whoever made it.
    let today = editor.get("/admin").await;
    assert!(today.has("Session 000") && today.has("and 222 more"), "{}", today.text);
    editor.get(first).await;
    assert_eq!(editor.post(first, &[("do", "leave-out"), ("entry", "event 1")]).await.status, 303);
    assert!(editor.get(first).await.has("<s>Session 000</s>"));
    let today = editor.get("/admin").await;
    assert!(!today.has("Session 000") && today.has("and 221 more"), "{}", today.text);
    let preview = editor.get("/admin/editions/weekly/preview?locale=en").await;
    assert!(!preview.has("Session 000") && preview.has("Session 001"));
    office.ok(&["event", "edit", "2", "--title", "Another name"]);
    assert!(editor.get("/admin").await.has("Another name"));
    assert!(editor.get("/admin/editions/weekly/preview?locale=en").await.has("Another name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beat_is_heard_also_while_other_things_change() {
    let server = SmtpServer::builder().weather(|_, _| Fault::Slow(Duration::from_secs(1))).start().await;
    let office = office(&server, 10);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    editor.get(PAGE).await;
    assert_eq!(editor.post(PAGE, &[("do", "stop")]).await.status, 303);
    let mut live = editor.watch(LIVE).await;
    told(&mut live, "event: progress").await;
    let begun = std::time::Instant::now();
    let beat = async {
        while let Some(chunk) = live.chunk().await.unwrap() {
            if chunk.starts_with(b":") {
                return begun.elapsed();
            }
        }
        panic!("it ended");
    };
    let others = async {
        loop {
            tokio::task::block_in_place(|| office.add(&["meeting", "Another", "--on", "2090-01-02"]));
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let heard = tokio::select! {
        heard = beat => heard,
        () = others => unreachable!(),
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("nothing was heard"),
    };
    assert!(heard > Duration::from_secs(5), "{heard:?}");
}
