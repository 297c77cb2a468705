//! What each role sees and may at the desk; readers, deliveries, the team.

use crate::support::browser::Browser;
use crate::support::{Office, wait_for};

const ADA: &str = "ada@example.org";
const OPI: &str = "opi@example.org";
const GRACE: &str = "grace@example.net";

fn office() -> Office {
    Office::with_config(
        "[site]\ntimezone = \"Asia/Shanghai\"\n\n[[digest]]\nslug = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 8 * * 1\"\n",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_opens_the_pages_that_the_table_says() {
    let office = office();
    office.ok(&["subscriber", "add", GRACE, "--digest", "weekly", "--confirmed"]);
    office.add(&["meeting", "Plenary", "--on", "2037-01-13", "--repeat", "FREQ=WEEKLY"]);
    office.ok(&["digest", "send", "weekly", "--yes"]);
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let mut nobody = Browser::new(&daemon);
    for (path, for_editors) in [
        ("/admin", 200),
        ("/admin/events", 200),
        ("/admin/events/new", 200),
        ("/admin/events/1", 200),
        ("/admin/events/1/dates", 200),
        ("/admin/drafts", 200),
        ("/admin/articles", 200),
        ("/admin/articles/new", 200),
        ("/admin/editions", 200),
        ("/admin/editions/weekly", 200),
        ("/admin/editions/weekly/preview", 200),
        ("/admin/editions/weekly/1", 200),
        ("/admin/deliveries", 200),
        ("/admin/sources", 200),
        ("/admin/subscribers", 200),
        ("/admin/subscribers/1", 403),
        ("/admin/subscribers/1/export", 403),
        ("/admin/subscribers/import", 403),
        ("/admin/subscribers/export", 403),
        ("/admin/bounces", 403),
        ("/admin/team", 403),
        ("/admin/check", 403),
        ("/admin/settings", 403),
    ] {
        let shown = editor.get(path).await;
        assert_eq!(shown.status, for_editors, "{path}: {}", shown.text);
        assert!(!shown.has(GRACE), "{path}: {}", shown.text);
        if for_editors == 403 {
            assert!(shown.has("This is for operators"), "{path}: {}", shown.text);
        }
        assert_eq!(operator.get(path).await.status, 200, "{path}");
        assert_eq!(nobody.get(path).await.status, 303, "{path}");
    }
    editor.get("/admin").await;
    for (path, button) in
        [("/admin/subscribers", "add"), ("/admin/subscribers/1", "forget-now"), ("/admin/team", "add")]
    {
        let refused = editor.post(path, &[("do", button), ("email", "eve@example.org"), ("role", "operator")]).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    assert_eq!(office.rows("SELECT email FROM subscriber"), [GRACE]);
    assert!(!office.ok(&["editor", "list"]).contains("eve@"));
    assert!(editor.get("/admin/subscribers").await.has("g…@example.net"));
    assert!(operator.get("/admin/deliveries").await.has(GRACE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_added_looked_at_and_forgotten() {
    let office = office();
    let daemon = office.serve();
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let place = ("place", "/admin/subscribers");
    let wrong = operator.post("/admin/subscribers", &[place, ("email", "grace"), ("name", "Grace")]).await;
    assert!(wrong.status == 422 && wrong.has("value=\"Grace\""), "{}", wrong.text);
    let fields = [
        place,
        ("email", GRACE),
        ("name", "Grace"),
        ("digest", "weekly"),
        ("consent_note", "at the fair"),
        ("do", "add"),
    ];
    let added = operator.post("/admin/subscribers", &fields).await;
    assert_eq!((added.status, added.location.as_str()), (303, "/admin/subscribers/1?done=added"), "{}", added.text);
    let shown = operator.get("/admin/subscribers/1").await;
    assert!(shown.has("at the fair") && shown.has("agreed"), "{}", shown.text);
    assert!(operator.get("/admin/subscribers?q=grace@example.net").await.has("/admin/subscribers/1"));
    let export = operator.get("/admin/subscribers/1/export").await;
    assert!(export.has("\"email\":\"grace@example.net\""), "{}", export.text);

    let asked = operator.post("/admin/subscribers/1", &[("do", "forget")]).await;
    assert!(asked.status == 200 && asked.has("Forget this reader?"), "{}", asked.text);
    assert_eq!(office.rows("SELECT email FROM subscriber"), [GRACE]);
    let forgotten = operator.post("/admin/subscribers/1", &[("do", "forget-now")]).await;
    assert_eq!(forgotten.location, "/admin/subscribers?done=forgotten", "{}", forgotten.text);
    assert!(office.rows("SELECT email FROM subscriber").is_empty());
    assert!(office.rows("SELECT fields FROM typed WHERE instr(fields, 'grace@') > 0").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_people_is_tried_before_it_is_taken() {
    let office = office();
    let daemon = office.serve();
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let table = "email,name,digests,consent_at,consent_note\n\
                 grace@example.net,Grace,weekly,2026-01-02,at the fair\nnobody,,weekly,,\n";
    let text = ("text", table);
    let tried = operator.post("/admin/subscribers/import", &[text, ("do", "try")]).await;
    assert!(tried.status == 202 && tried.has("It would add 1") && tried.has("Line 3:"), "{}", tried.text);
    assert!(office.rows("SELECT email FROM subscriber").is_empty());
    let done = operator.post("/admin/subscribers/import", &[text, ("do", "import")]).await;
    assert!(done.status == 200 && done.has("1 were added"), "{}", done.text);
    assert_eq!(office.rows("SELECT email FROM subscriber"), [GRACE]);
    let wrong = operator.post("/admin/subscribers/import", &[("text", "no table"), ("do", "try")]).await;
    assert!((400..500).contains(&wrong.status) && wrong.has("no table"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_to_the_team_its_sessions_and_the_tokens_of_programs() {
    let office = office();
    let daemon = office.serve();
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let last = operator.post("/admin/team", &[("do", "remove"), ("email", OPI)]).await;
    assert!(last.status == 409 && last.has("the last operator"), "{}", last.text);
    let demoted = operator.post("/admin/team", &[("do", "add"), ("email", OPI), ("role", "editor")]).await;
    assert!(demoted.status == 409 && demoted.has("the last operator"), "{}", demoted.text);
    let added =
        operator.post("/admin/team", &[("do", "add"), ("email", ADA), ("name", "Ada"), ("role", "editor")]).await;
    assert_eq!(added.location, "/admin/team?done=saved", "{}", added.text);

    let mut ada = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let team = operator.get("/admin/team").await;
    let at = team.text.find("Ada</strong>").unwrap();
    let session = team.text[at..].split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(operator.post("/admin/team", &[("do", "end-session"), ("session", session)]).await.status, 303);
    assert_eq!(ada.get("/admin").await.status, 303);

    let nothing = operator.post("/admin/team", &[("do", "add-token"), ("token_name", "robot")]).await;
    assert!(nothing.status == 422 && nothing.has("value=\"robot\""), "{}", nothing.text);
    let made = [("do", "add-token"), ("token_name", "robot"), ("scope", "events:read")];
    let made = operator.post("/admin/team", &made).await;
    assert!(made.status == 200 && made.has("kal_"), "{}", made.text);
    assert!(!operator.get("/admin/team").await.has("kal_"));
    assert_eq!(operator.post("/admin/team", &[("do", "revoke"), ("name", "robot")]).await.status, 303);
    assert!(office.ok(&["token", "list"]).contains("No tokens"));
    let acts = office.ok(&["acts"]);
    assert!(acts.contains("editor opi@example.org"), "{acts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_sent_again_from_the_desk() {
    let office = office();
    office.ok(&["subscriber", "add", GRACE, "--digest", "weekly", "--confirmed"]);
    office.add(&["meeting", "Plenary", "--on", "2037-01-13"]);
    office.ok(&["digest", "send", "weekly", "--yes"]);
    office.sql("UPDATE delivery SET status = 'failed', error = '550 grace@example.net: no', next_at = NULL");
    let daemon = office.serve();
    let mut editor = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let failed = editor.get("/admin/deliveries?status=failed").await;
    assert!(failed.has("550 g…@example.net: no") && failed.has("Send again"), "{}", failed.text);
    let id = failed.value("id");
    let retried = editor.post("/admin/deliveries", &[("id", &id), ("do", "retry")]).await;
    assert_eq!(retried.location, "/admin/deliveries?done=retried", "{}", retried.text);
    wait_for("the mail", || {
        let sent = office.rows("SELECT status FROM delivery WHERE edition_id IS NOT NULL");
        (sent == ["sent"]).then_some(())
    });
    for path in ["/admin/deliveries?edition=weekly/99", "/admin/deliveries?edition=x&status=y&before=z"] {
        let asked = editor.get(path).await;
        assert!((200..500).contains(&asked.status), "{path}: {}", asked.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_agreed_are_taken_out_as_an_import_takes_them_in() {
    let office = office();
    office.ok(&["subscriber", "add", GRACE, "--name", "=Grace", "--digest", "weekly", "--confirmed"]);
    let daemon = office.serve();
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let table = operator.get("/admin/subscribers/export").await;
    assert!(table.headers["content-disposition"].to_str().unwrap().contains("readers.csv"));
    assert_eq!(table.text, office.ok(&["subscriber", "export"]));
    let tried = operator.post("/admin/subscribers/import", &[("text", &table.text), ("do", "try")]).await;
    assert!(tried.status == 202 && tried.has("1 are so already"), "{}", tried.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_and_by_which_ways_is_seen() {
    let office = Office::with_config(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:9\"\n[bounce]\naddress = \"bounces@example.org\"\n",
    );
    let report = "From: MAILER-DAEMON@example.com\r\nSubject: <b>what?</b>\r\n\r\nno idea \u{1b}[31m<script>\r\n";
    office.run_with_input(&["bounce"], report.as_bytes());
    let daemon = office.serve();
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    let page = operator.get("/admin/bounces?class=unknown").await;
    assert!(page.has("smtp://127.0.0.1:9") && page.has("not understood"), "{}", page.text);
    let one = operator.get("/admin/bounces/1").await;
    assert!(one.has("no idea") && one.has("&#60;script&#62;") && !one.has("\u{1b}"), "{}", one.text);
    assert_eq!(operator.get("/admin/bounces/2").await.status, 404);
    assert!(operator.get("/admin/bounces?class=hard&before=x").await.has("Nothing came back."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_has_nothing_more_sent_to_somebody() {
    let office = office();
    office.ok(&["subscriber", "add", GRACE, "--digest", "weekly", "--confirmed"]);
    let daemon = office.serve();
    let mut operator = Browser::signed_in(&daemon, &office, OPI, "operator").await;
    const PAGE: &str = "/admin/subscribers/1";
    assert!(operator.get(PAGE).await.has("Send nothing more"));
    assert_eq!(operator.post(PAGE, &[("do", "suppress")]).await.location, format!("{PAGE}?done=saved"));
    let kept = operator.get(PAGE).await;
    assert!(kept.has("the office said so") && kept.has("Let mail go again"), "{}", kept.text);
    assert!(operator.get("/admin/subscribers").await.has("Nothing is sent: the office said so"));
    assert_eq!(operator.post(PAGE, &[("do", "unsuppress")]).await.status, 303);
    assert!(operator.get(PAGE).await.has("Send nothing more"));
}
