use super::*;
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
    let told = read(message.as_ref()).reports.into_iter().map(|report| {
        let status = report.status.map(|status| status.to_string()).unwrap_or_default();
        (report.address.unwrap_or_default(), report.class, status)
    });
    let told: Vec<_> = told.collect();
    let told: Vec<_> =
        told.iter().map(|(address, class, status)| (address.as_str(), *class, status.as_str())).collect();
    assert_eq!(told, expected, "{}", String::from_utf8_lossy(message.as_ref()));
}

#[test]
fn a_delivery_report_is_read_recipient_by_recipient() {
    let standard = |recipients| dsn("message/delivery-status", recipients);
    let one = "Original-Recipient: rfc822; ada+2Bnews@example.com\nFinal-Recipient: rfc822; a@inner.example\n\
               Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ada@example.com>:\n User unknown";
    check(standard(one), &[("ada+news@example.com", Class::Hard, "5.1.1")]);
    assert_eq!(
        read(&standard(one)).reports[0].diagnostic.as_deref(),
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
    assert_eq!(read(arf("abuse").as_bytes()).complained_of, ["bounces+1@example.org", "bounces+2@example.org"]);
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
    check(
        mail("eve@example.com", "ada@example.com: user unknown, not delivered"),
        &[("ada@example.com", Class::Soft, "")],
    );
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
        let reading = read(unknown.as_bytes());
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
    let report = &read(&dsn("message/delivery-status", &long)).reports[0];
    assert_eq!(report.address.as_ref().unwrap().chars().count(), ADDRESS_LIMIT);
    let diagnostic = report.diagnostic.as_ref().unwrap();
    assert!(diagnostic.chars().count() <= DIAGNOSTIC_LIMIT && !diagnostic.contains(char::is_control));
    let many = "Final-Recipient: rfc822; a@example.com\nAction: failed\n\n".repeat(9) + &"X: y\n\n".repeat(99);
    assert_eq!(read(&dsn("message/delivery-status", &many)).reports.len(), 1);
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
        read(message.as_bytes());
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
    fn any_octets_give_clean_reports(message in rubbish()) {
        let reading = read(&message);
        prop_assert!(reading.reports.len() <= REPORTS_LIMIT);
        for text in reading.reports.iter().flat_map(|report| [&report.address, &report.diagnostic]).flatten() {
            prop_assert!(!text.is_empty() && !text.contains(char::is_control));
        }
        recipients(&message);
    }
}
