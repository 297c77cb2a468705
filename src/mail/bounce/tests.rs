use super::*;
use crate::domain::bounce::Class;
use proptest::prelude::*;

/// A report with this part for its recipients, its lines ended as mail has them.
fn dsn(media_type: &str, recipients: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.example.com\nSubject: Undelivered Mail\nContent-Type: multipart/report; \
         report-type=delivery-status;\n boundary=\"b=1\"\n\nMIME\n--b=1\nContent-Type: text/plain\n\nuser unknown \
         eve@example.com could not be delivered\n\n--b=1\nContent-Type: {media_type}\n\nReporting-MTA: dns; \
         mx.example.com\n\n{recipients}\n\n--b=1\nContent-Type: message/rfc822\n\nSubject: Dates\nTo: x@example.com\n\n\
         Action: failed\n--b=1--\n"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

#[track_caller]
fn check(message: impl AsRef<[u8]>, expected: &[(&str, Class, &str)]) {
    let told = read(message.as_ref(), None).reports.into_iter().map(|report| {
        let status = report.status.map(|status| status.to_string()).unwrap_or_default();
        (report.address.unwrap_or_default(), report.class, status)
    });
    let told: Vec<_> = told.collect();
    let told: Vec<_> =
        told.iter().map(|(address, class, status)| (address.as_str(), *class, status.as_str())).collect();
    assert_eq!(told, expected, "{}", String::from_utf8_lossy(message.as_ref()));
}

#[test]
fn a_servers_own_report_names_the_mail_that_came_back() {
    let report = |return_path: &str, content_type: &str, from: &str| {
        format!(
            "Return-Path: {return_path}\nFrom: {from}\nSubject: Undelivered\nContent-Type: {content_type}; boundary=b\n\n--b\n\n\
             It failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; \
             ada@example.com\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: \
             <17@example.org>\nX-Kalends-Delivery: b1\nReturn-Path: <bounces+b1@example.org>\nList-Unsubscribe: <https://example.org/u/x>,\n \
             <mailto:bounces+u1@example.org?subject=unsubscribe>\n\n--b--\n"
        )
    };
    let kind = "multipart/report; report-type=delivery-status";
    let named = read(report("<>", kind, "MAILER-DAEMON@mx").as_bytes(), None).returned;
    assert_eq!(named.message_ids, ["17@example.org"]);
    assert_eq!(named.senders, ["bounces+b1@example.org"]);
    assert_eq!(named.marks, ["b1"]);
    assert_eq!(named.ways_out, ["https://example.org/u/x", "bounces+u1@example.org"]);
    assert_eq!(read(report("<x@y>", kind, "MAILER-DAEMON@mx").as_bytes(), Some("")).returned, named);
    // Whoever has a sender, or writes it as a person does, or says nothing of who came back, is no server that reports.
    for (return_path, kind, from) in
        [("<eve@example.net>", kind, "MAILER-DAEMON@mx"), ("<>", "multipart/mixed", "MAILER-DAEMON@mx")]
    {
        let reading = read(report(return_path, kind, from).as_bytes(), None);
        assert_eq!(reading.returned, Enclosed::default(), "{return_path} {kind}");
        assert_eq!(reading.reports[0].class, Class::Hard);
    }
    let without = report("<>", kind, "MAILER-DAEMON@mx").replace("message/delivery-status", "text/plain");
    assert_eq!(read(without.as_bytes(), None).returned, Enclosed::default());
}

#[test]
fn a_delivery_report_is_read_recipient_by_recipient() {
    let standard = |recipients| dsn("message/delivery-status", recipients);
    let one = "Original-Recipient: rfc822; ada+2Bnews@example.com\nFinal-Recipient: rfc822; a@inner.example\n\
               Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ada@example.com>:\n User unknown";
    check(standard(one), &[("ada+news@example.com", Class::Hard, "5.1.1")]);
    assert_eq!(
        read(&standard(one), None).reports[0].diagnostic.as_deref(),
        Some("550 5.1.1 <ada@example.com>: User unknown")
    );
    check(
        standard(
            "Final-Recipient: rfc822;a@example.com\nAction: delayed\nStatus: 4.4.1\n\n\
             Final-Recipient: RFC822; <b@example.com>\nAction: FAILED (full)\nStatus: 5.2.2\n\n\
             Final-Recipient: rfc822; c@example.com\nAction: delivered\nStatus: 2.0.0\n\n\
             Final-Recipient: rfc822; d@example.com\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 spam",
        ),
        &[
            ("a@example.com", Class::Delayed, "4.4.1"),
            ("b@example.com", Class::Soft, "5.2.2"),
            ("d@example.com", Class::Soft, "5.0.0"),
        ],
    );
    check(standard("Final-Recipient: rfc822; c@example.com\nAction: relayed\nStatus: 2.0.0"), &[]);
    check(standard("Final-Recipient: rfc822; c@example.com\nAction: danced"), &[("c@example.com", Class::Unknown, "")]);
    // Encoded, as RFC 6533 allows.
    let encoded =
        data_encoding::BASE64.encode(b"X: y\n\nFinal-Recipient: utf-8; ad\\x{E4}@example.com\nAction: failed\n");
    let encoded = format!("message/global-delivery-status\nContent-Transfer-Encoding: base64\n\n{encoded}");
    let message = String::from_utf8(dsn(&encoded, "")).unwrap().replace("Reporting-MTA: dns; mx.example.com", "");
    check(message, &[("adä@example.com", Class::Soft, "")]);
    check(
        dsn(
            "message/global-delivery-status",
            "Final-Recipient: utf-8; 阿达@example.com\nAction: failed\nStatus: 5.1.1",
        ),
        &[("阿达@example.com", Class::Hard, "5.1.1")],
    );
}

#[test]
fn a_complaint_tells_who_complained_and_of_what() {
    let arf = |kind: &str| {
        format!(
            "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nspam\n--b\n\
             Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Loop/1\n\
             Original-Mail-From: <bounces+1@example.org>\nOriginal-Rcpt-To: <ada@example.com>\n\n--b\n\
             Content-Type: message/rfc822\n\nReturn-Path: <bounces+2@example.org>\nSubject: Dates\n\nx\n--b--\n"
        )
    };
    check(arf("abuse"), &[("ada@example.com", Class::Complaint, "")]);
    check(arf("Opt-Out"), &[("ada@example.com", Class::Complaint, "")]);
    check(arf("not-spam"), &[("ada@example.com", Class::Unknown, "")]);
    check(arf("auth-failure"), &[("ada@example.com", Class::Unknown, "")]);
    let enclosed = read(arf("abuse").as_bytes(), None).complained_of;
    assert_eq!(enclosed.senders, ["bounces+1@example.org", "bounces+2@example.org"]);
}

#[test]
fn a_blackened_complaint_still_tells_the_ways_out_of_its_mail() {
    let blackened = "From: fbl@example.com\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
        --b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: redacted\n\n--b\n\
        Content-Type: message/rfc822\n\nTo: undisclosed\nList-Unsubscribe: <https://example.org/unsubscribe/dQ>,\n \
        <MAILTO:bounces%2Bu1@example.org?subject=leave>\n\nx\n--b--\n";
    check(blackened, &[("", Class::Complaint, "")]);
    let enclosed = read(blackened.as_bytes(), None).complained_of;
    assert_eq!(enclosed.ways_out, ["https://example.org/unsubscribe/dQ", "bounces+u1@example.org"]);
}

#[test]
fn microsoft_used_to_send_nothing_but_the_mail() {
    let enclosed =
        "Return-Path: <bounces+3@example.org>\nX-HmXmrOriginalRecipient: ada@example.com\nSubject: Dates\n\nx";
    let mixed = |from: &str, subject: &str, enclosed: &str| {
        format!(
            "From: {from}\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\n\
             Content-Type: message/rfc822\n\n{enclosed}\n--b--\n"
        )
    };
    let staff = mixed("<staff@hotmail.com>", "complaint about message from 192.0.2.1", enclosed);
    check(&staff, &[("ada@example.com", Class::Complaint, "")]);
    assert_eq!(read(staff.as_bytes(), None).complained_of.senders, ["bounces+3@example.org"]);
    let bare = format!("From: staff@hotmail.com\nContent-Type: message/rfc822\n\n{enclosed}");
    check(bare, &[("ada@example.com", Class::Complaint, "")]);
    // Somebody who passes a mail on complains of nothing.
    check(
        mixed("ada@example.com", "Fwd: Dates", "Return-Path: <bounces+3@example.org>\n\nx"),
        &[("", Class::Unknown, "")],
    );
}

#[test]
fn programs_own_words_are_read_where_they_name_an_address() {
    let mail =
        |from: &str, text: &str| format!("From: {from}\nTo: bounces@example.org\nSubject: failure notice\n\n{text}\n");
    let qmail = "Hi. This is the qmail-send program at example.com.\nI'm afraid I wasn't able to deliver your message to \
                 the following addresses.\n\n<ada@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
                 <bob@example.com>:\nuser is over quota\n\n--- Below this line is a copy of the message.\n\n<eve@example.com>";
    check(
        mail("MAILER-DAEMON@example.com", qmail),
        &[("ada@example.com", Class::Hard, "5.1.1"), ("bob@example.com", Class::Soft, "")],
    );
    // The same words of somebody who is no server.
    check(mail("eve@example.com", "ada@example.com: user unknown, not delivered"), &[("", Class::Unknown, "")]);
    check(
        mail("postmaster@example.com", "Delivery of ada@example.com has been delayed"),
        &[("ada@example.com", Class::Delayed, "")],
    );
    let exim = "From: Mailer-Daemon@example.com\nX-Failed-Recipients: ada@example.com\nAuto-Submitted: auto-replied\n\n\
                The following address(es) failed:\n\n  ada@example.com\n    550 5.1.1 no such user\n\n------ This is a \
                copy of the message";
    check(exim, &[("ada@example.com", Class::Hard, "5.1.1")]);
}

#[test]
fn words_that_name_nobody_count_if_a_server_wrote_them() {
    let mail = |from: &str, text: &str| format!("From: {from}\nSubject: Message status\n\n{text}\n");
    for (text, class, status) in [
        ("The message that you sent was undeliverable to the following:\n\tada (user not found)", Class::Hard, ""),
        ("The message that you sent was undeliverable to the following:\n\tada (mailbox full)", Class::Soft, ""),
        ("No se ha podido entregar su mensaje.\n\n550 5.1.1 buzón inexistente", Class::Hard, "5.1.1"),
        ("メールを配信できませんでした。\n\nhost mx.example.com said: 550 5.1.1 宛先", Class::Hard, "5.1.1"),
        ("您的邮件无法投递。\n原因：550 用户不存在", Class::Hard, ""),
        ("Your message could not be delivered: the mailbox does not exist (5.1.1)", Class::Hard, "5.1.1"),
        ("Nachricht nicht zugestellt.", Class::Soft, ""),
        ("", Class::Soft, ""),
        ("Zustellung verzögert, 451 try again", Class::Delayed, ""),
        ("We refuse 192.0.2.1: 550 5.7.1 your host is listed", Class::Soft, "5.7.1"),
    ] {
        check(mail("Mailer-Daemon@example.com", text), &[("", class, status)]);
        let of_nobody = format!("Return-Path: <>\n{}", mail("gateway@example.com", text));
        check(of_nobody, &[("", class, status)]);
        check(mail("ada@example.com", text), &[("", Class::Unknown, "")]);
    }
    let told = read(mail("postmaster@example.com", "550 5.7.1 your host is listed").as_bytes(), None).reports;
    assert!(!told[0].counts, "{told:?}");
    // The envelope is known better than the head tells it.
    let forged = format!("Return-Path: <>\n{}", mail("ada@example.com", "550 5.1.1 gone"));
    assert_eq!(read(forged.as_bytes(), Some("ada@example.com")).reports[0].class, Class::Unknown);
    let plain = mail("gateway@example.com", "550 5.1.1 gone");
    for (sender, class) in [("", Class::Hard), ("<>", Class::Hard), ("MAILER-DAEMON", Class::Hard)] {
        assert_eq!(read(plain.as_bytes(), Some(sender)).reports[0].class, class, "{sender}");
    }
    check(mail("postmaster@example.com", "Your message was successfully delivered to ada@example.com"), &[]);
}

#[test]
fn automatic_replies_are_no_bounces_in_whatever_language() {
    let says = "Your mail will not be delivered to my deputy: 550 5.1.1 user unknown, ada@example.com";
    for subject in [
        "Automatic reply: Dates",
        "Out of Office AutoReply: Dates",
        "Automatische Antwort: Dates",
        "Abwesenheitsnotiz: Dates",
        "Réponse automatique : Dates",
        "=?utf-8?q?R=C3=A9ponse_automatique=C2=A0=3A_Dates?=",
        "Respuesta automática: Dates",
        "Risposta automatica: Dates",
        "Resposta automática: Dates",
        "Automatisch antwoord: Dates",
        "Autosvar: Dates",
        "Automatisk svar: Dates",
        "Automaattinen vastaus: Dates",
        "Automatyczna odpowiedź: Dates",
        "Automatická odpověď: Dates",
        "Automatikus válasz: Dates",
        "Răspuns automat: Dates",
        "Автоматический ответ: Dates",
        "Автоматична відповідь: Dates",
        "Αυτόματη απάντηση: Dates",
        "Otomatik yanıt: Dates",
        "自动回复: Dates",
        "自动答复：Dates",
        "自動回覆：Dates",
        "自動応答: Dates",
        "자동 회신: Dates",
        "رد تلقائي: Dates",
        "מענה אוטומטי: Dates",
        "Trả lời tự động: Dates",
        "AUTO: Ada is out of the office (back 02/11)",
        "Ada Lovelace ist außer Haus.",
        "Re: [Out of office] Dates",
        "AW: Dates",
        "回复：Dates",
    ] {
        let reply = format!("Return-Path: <>\nFrom: ada@example.com\nSubject: {subject}\n\n{says}\n");
        check(reply, &[("", Class::Unknown, "")]);
    }
    for field in [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-replied; owner-email=\"ada@example.com\"",
        "Auto-submitted: AUTO-NOTIFIED",
        "X-Auto-Response-Suppress: All",
        "Precedence: auto_reply",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "X-Autorespond: Dates",
        "In-Reply-To: <1@example.org>",
        "List-Id: <list.example.com>",
    ] {
        let reply = format!("Return-Path: <>\nFrom: ada@example.com\nSubject: Hello\n{field}\n\n{says}\n");
        check(reply, &[("", Class::Unknown, "")]);
    }
    let receipt = "Return-Path: <>\nFrom: ada@example.com\nContent-Type: multipart/report; \
        report-type=disposition-notification; boundary=b\n\n--b\n\nnot delivered, user unknown\n--b\n\
        Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;ada@example.com\n\
        Disposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n";
    check(receipt, &[("", Class::Unknown, "")]);
    // A server's report is one whatever it marks it with.
    let report = "Final-Recipient: rfc822;a@example.com\nAction: failed\nStatus: 5.1.1";
    let report = String::from_utf8(dsn("message/delivery-status", report)).unwrap();
    for field in ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All", "Precedence: bulk"] {
        check(format!("{field}\r\n{report}"), &[("a@example.com", Class::Hard, "5.1.1")]);
    }
    let marked = "From: Mailer-Daemon@example.com\nAuto-Submitted: no\n\n550 5.1.1 who?";
    check(marked, &[("", Class::Hard, "5.1.1")]);
}

#[test]
fn replies_and_rubbish_are_unknown() {
    let away = "From: ada@example.com\nSubject: Out of Office\nAuto-Submitted: auto-replied\n\nada@example.com is no longer \
                valid, mail is not delivered: user unknown";
    let gone = "Return-Path: <>\nFrom: ada@example.com\nAuto-Submitted: auto-replied\nSubject: Re: Dates\n\n\
                ada@example.com is no longer valid, your mail was not delivered";
    let reply = "From: ada@example.com\nSubject: Re: Dates\n\nThank you! Write to bob@example.com too.";
    for unknown in [
        away,
        gone,
        reply,
        "x",
        "\r\n\r\n",
        "Content-Type: multipart/report; boundary=b\n\n--b\n\n--b--\n",
        "\0\u{ff}:",
    ] {
        let reading = read(unknown.as_bytes(), None);
        assert_eq!(reading.reports.len(), 1, "{unknown:?}");
        assert_eq!((reading.reports[0].class, &reading.reports[0].address), (Class::Unknown, &None), "{unknown:?}");
    }
}

#[test]
fn what_is_read_is_one_line_of_bounded_length() {
    let long = format!(
        "Final-Recipient: rfc822; {}@example.com\nAction: failed\nStatus: 5.1.1 {}",
        "a".repeat(999),
        "\u{1b}x".repeat(999)
    );
    let report = &read(&dsn("message/delivery-status", &long), None).reports[0];
    assert_eq!(report.address.as_ref().unwrap().chars().count(), ADDRESS_LIMIT);
    let diagnostic = report.diagnostic.as_ref().unwrap();
    assert!(diagnostic.chars().count() <= DIAGNOSTIC_LIMIT && !diagnostic.contains(char::is_control));
    let many = "Final-Recipient: rfc822; a@example.com\nAction: failed\n\n".repeat(9) + &"X: y\n\n".repeat(99);
    assert_eq!(read(&dsn("message/delivery-status", &many), None).reports.len(), 1);
}

#[test]
fn deep_and_broad_messages_are_read_in_no_time() {
    let begun = std::time::Instant::now();
    for message in [
        "Content-Type: message/rfc822\n\n".repeat(40_000),
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\n".repeat(20_000),
        (0..15_000).map(|n| format!("Content-Type: multipart/mixed; boundary={n}\n\n--{n}\n")).collect(),
        format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\n".repeat(200_000)),
        format!("Content-Type: multipart/mixed; boundary=-\n\n{}", "-".repeat(MESSAGE_LIMIT)),
        "A: b\n".repeat(200_000),
        format!("From: mailer-daemon\n\nundeliverable {}", "a@b.org,".repeat(100_000)),
        format!("From: mailer-daemon\n\nundeliverable\n{}", "<a@b.org>:\n".repeat(100_000)),
        String::from_utf8(dsn("message/delivery-status", &"Final-Recipient: rfc822;a\n\n".repeat(40_000))).unwrap(),
        format!("Subject: {}\n\n", "=?utf-8?q?".repeat(100_000)),
        format!("Content-Type: text/html\n\n{}", "<!--<b <".repeat(100_000)),
    ] {
        read(message.as_bytes(), Some(""));
        recipients(message.as_bytes());
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn the_recipient_is_read_from_the_head() {
    let message =
        b"To: \"News\" <bounces+b1@example.org>, x@example.org\nDelivered-To: bounces+b2@example.org\n\nTo: y@z";
    assert_eq!(recipients(message), ["bounces+b2@example.org", "bounces+b1@example.org", "x@example.org"]);
}

/// Pieces that messages are made of, in any order.
fn rubbish() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "Content-Type: ",
        "multipart/report",
        "multipart/mixed",
        "; boundary=",
        "\"b\"",
        "b",
        "--b",
        "--b--",
        "\r\n",
        "\n",
        "\n\n",
        "message/delivery-status",
        "message/rfc822",
        "message/feedback-report",
        "text/plain",
        "text/html",
        "; charset=utf-16",
        "Content-Transfer-Encoding: ",
        "base64",
        "quoted-printable",
        "=E4=",
        "=?utf-8?q?",
        "?=",
        " ",
        "Final-Recipient: ",
        "utf-8;",
        "rfc822;",
        "ada@example.com",
        "Action: ",
        "failed",
        "Status: ",
        "5.1.1",
        "\\x{",
        "Feedback-Type: abuse",
        "X-Failed-Recipients: ",
        "From: mailer-daemon",
        "undeliverable",
        "<",
        ">:",
        "é",
        "\0",
        "&nbsp;",
    ]);
    let piece = prop_oneof![9 => words.prop_map(|word| word.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..4)];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_octets_give_clean_reports(message in rubbish(), is_server: bool) {
        let reading = read(&message, is_server.then_some(""));
        prop_assert!(reading.reports.len() <= REPORTS_LIMIT);
        for text in reading.reports.iter().flat_map(|report| [&report.address, &report.diagnostic]).flatten() {
            prop_assert!(!text.is_empty() && !text.contains(char::is_control));
        }
        recipients(&message);
    }
}
