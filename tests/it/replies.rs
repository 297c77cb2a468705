//! What relays say that no book has: only the code counts, and nothing is believed that was not asked for.

use std::time::Duration;

use encoding_rs::GBK;
use serde_json::Value;

use crate::support::smtp_server::{Loses, Said, SmtpServer};
use crate::support::{Office, PATIENCE, wait_for};

const READERS: [&str; 4] = ["ada@example.com", "bob@example.com", "lin@example.com", "sam@example.com"];

fn config(server: &SmtpServer, mail: &str, relay: &str) -> String {
    format!(
        "[mail]\nfrom = \"news@example.org\"\ntransport = \"smtp\"\n{mail}\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 1\n{relay}\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
        server.port()
    )
}

/// An office whose edition waits for these readers.
fn office(server: &SmtpServer, relay: &str, readers: &[&str]) -> Office {
    let office = Office::with_config(&config(server, "", relay));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = readers.iter().map(|reader| format!("{reader},weekly,2020-01-01\n")).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    office
}

fn wait_for_status(office: &Office, status: &str, count: usize) -> Value {
    wait_for(&format!("{count} to be {status}"), || {
        let found = office.json(&["delivery", "list", "--status", status]);
        (found.as_array().unwrap().len() == count).then_some(found)
    })
}

/// What a test mail fails with.
#[track_caller]
fn refused(office: &Office) -> String {
    office.fails(&["digest", "send", "weekly", "--to", "ada@example.com"], 1)
}

fn gbk(before: &str, text: &str) -> Vec<u8> {
    [before.as_bytes(), &GBK.encode(text).0, b"\r\n"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_to_the_final_dot_is_one_in_any_octets_and_nobody_gets_a_mail_twice() {
    let server = SmtpServer::builder().pipelining().start().await;
    let chinese = gbk("250 2.0.0 ", "邮件已接收");
    for said in [&chinese[..], b"250\r\n", b"250-ok\n250 queued\n", b"250-\xe9\xff\r\n250\r\n"] {
        server.answer_once(".", said);
    }
    let office = office(&server, "", &READERS);
    let _daemon = office.serve();
    wait_for_status(&office, "sent", 4);
    assert_eq!(server.received().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_one_whatever_its_letters_and_digits_and_is_shown_readably() {
    let chinese = gbk("550 5.1.1 ", "用户不存在");
    for (said, shown) in [
        (&chinese[..], "permanent error (550): 5.1.1 用户不存在"),
        (b"571 5.1.1 no such user\r\n", "permanent error (571): 5.1.1 no such user"),
        (b"550-no\r\n551 5.1.6 moved\r\n", "permanent error (551): 550 no 5.1.6 moved"),
        (b"550\r\n", "permanent error (550)"),
    ] {
        let server = SmtpServer::start().await;
        server.answer("RCPT", said);
        let error = refused(&office(&server, "", &[]));
        assert!(error.trim_end().ends_with(shown), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bare_codes_and_greetings_in_other_letters_open_the_way() {
    let server = SmtpServer::builder().answer("greeting", b"220 caf\xe9 \xff\r\n".as_slice()).start().await;
    server.answer("EHLO", &gbk("250-", "你好")[..].iter().copied().chain(*b"250 8BITMIME\r\n").collect::<Vec<_>>()[..]);
    server.answer("MAIL", "250\r\n");
    server.answer("RCPT", "250\n");
    server.answer("DATA", "354\r\n");
    let office = office(&server, "", &READERS);
    let _daemon = office.serve();
    wait_for_status(&office, "sent", 4);

    let bare = SmtpServer::builder().answer("greeting", "220\r\n").answer("EHLO", "250\r\n").start().await;
    office.configure(&config(&bare, "", ""));
    office.ok(&["digest", "send", "weekly", "--to", "ada@example.com"]);
    assert_eq!(bare.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_neither_yes_nor_no_is_not_taken_for_yes() {
    let server = SmtpServer::builder().pipelining().start().await;
    server.answer("RCPT", "354 go on\r\n");
    let office = office(&server, "", &READERS[..1]);
    let daemon = office.serve();
    let waiting = wait_for_status(&office, "deferred", 1);
    daemon.stop();
    assert!(waiting[0]["error"].as_str().unwrap().contains("RCPT was answered by 354"), "{waiting}");
    assert!(server.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_ends_is_given_up() {
    for (endless, reason) in [
        (b"x".as_slice(), "a line of more than 4096 octets"),
        (b"250-and another thing\r\n", "a reply of more than 100 lines"),
    ] {
        let server = SmtpServer::builder().start().await;
        server.answer("EHLO", Said::Endless(endless));
        let office = office(&server, "", &[]);
        let error = refused(&office);
        assert!(error.contains(reason), "{error}");
        // What went into the sockets' buffers; nobody read it.
        assert!(server.flooded() < 32 << 20, "{}", server.flooded());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_behind_a_reply_before_tls_ends_the_connection() {
    let yes = "250 ok\r\n".repeat(6);
    let whole = ["220 go\r\n", &yes, "354 go\r\n250 taken\r\n"].concat();
    for (at, said) in
        [("STARTTLS", whole.as_str()), ("STARTTLS", "220 go\r\n25"), ("EHLO", "250-x\r\n250 STARTTLS\r\n220 go\r\n")]
    {
        let server = SmtpServer::builder().starttls().start().await;
        server.answer(at, said);
        for tls in ["auto", "required"] {
            let office = office(&server, &format!("tls = \"{tls}\"\nca_file = \"config/ca.pem\""), &[]);
            office.write("config/ca.pem", server.ca_pem());
            let error = refused(&office);
            assert!(error.contains("octets behind the server's reply"), "{at} {tls}: {error}");
        }
        assert!(server.received().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_the_final_dot_that_comes_before_it_is_not_believed() {
    let server = SmtpServer::start().await;
    server.answer_once("DATA", "354 go\r\n250 taken\r\n");
    let office = office(&server, "", &READERS[..1]);
    let _daemon = office.serve();
    wait_for_status(&office, "sent", 1);
    // The first time nothing was given.
    assert_eq!((server.received().len(), server.connections()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_knows_no_ehlo_is_greeted_with_helo_and_offers_nothing() {
    for refusal in ["500 what?\r\n", "502 5.5.1 not implemented\r\n", "504 no\r\n", "550 5.7.1 no\r\n"] {
        let server = SmtpServer::builder().pipelining().starttls().answer("EHLO", refusal).start().await;
        let office = office(&server, "", &READERS[..1]);
        office.ok(&["digest", "send", "weekly", "--to", "ada@example.com"]);
        let said = server.transcript();
        assert!(said.iter().any(|line| line.contains("C: HELO ")), "{said:?}");
        assert_eq!(server.received().len(), 1, "{said:?}");

        office.configure(&config(&server, "", "tls = \"required\""));
        assert!(refused(&office).contains("no STARTTLS"));
    }
    let server =
        SmtpServer::builder().answer("EHLO", "550 no\r\n").answer("HELO", "550 who are you?\r\n").start().await;
    let error = refused(&office(&server, "", &[]));
    assert!(error.contains("who are you?") && error.contains("helo_name"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kalends_greets_with_a_full_name_or_an_address() {
    let server = SmtpServer::start().await;
    let office = office(&server, "", &[]);
    let check = office.run(&["check"]).stdout;
    let said = server.transcript();
    let name = said.iter().find_map(|line| line.split_once("C: EHLO ")).unwrap().1;
    assert!(name.contains('.'), "{name}");
    assert!(check.contains(&format!("greeted as {name}")), "{check}");

    office.configure(&config(&server, "helo_name = \"Mail.Example.org\"", ""));
    let check = office.run(&["check"]).stdout;
    assert!(check.contains("greeted as mail.example.org"), "{check}");
    assert!(server.transcript().iter().any(|line| line.ends_with("C: EHLO mail.example.org")));

    office.configure(&config(&server, "helo_name = \"vm\"", ""));
    let error = office.fails(&["digest", "list"], 1);
    assert!(error.contains("`vm`") && error.contains("mail.example.org"), "{error}");
}

async fn one_time_out_is_enough(loses: Loses) {
    let server = SmtpServer::builder().pipelining().loses(loses).start().await;
    let office = office(&server, "", &READERS);
    let _daemon = office.serve();
    server.wait_for(4, PATIENCE).await;
    wait_for_status(&office, "sent", 4);
    assert_eq!((server.received().len(), server.connections()), (4, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_loses_commands_sent_together_gets_one_at_a_time() {
    one_time_out_is_enough(Loses::BehindCommands).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_loses_what_comes_behind_a_message_gets_one_at_a_time() {
    one_time_out_is_enough(Loses::BehindFinalDots).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_refusals_in_a_row_mail_goes_over_a_new_connection() {
    let server = SmtpServer::builder().patience(5).start().await;
    let greylisted: Vec<String> = (0..5).map(|n| format!("grey{n}@example.com")).collect();
    greylisted.iter().for_each(|reader| server.on_rcpt(reader, "451 4.7.1 greylisted"));
    let readers: Vec<&str> = greylisted.iter().map(String::as_str).chain(READERS).collect();
    let office = office(&server, "", &readers);
    let _daemon = office.serve();
    server.wait_for(4, Duration::from_secs(20)).await;
    assert!(server.connections() > 1);
}
