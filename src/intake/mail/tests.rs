use super::*;

/// Each passage of a text: its subject, when it was written, and its words.
fn read(media_type: &str, text: &str) -> Vec<(String, String, String)> {
    let passages = if media_type == "text/html" { html::passages(text) } else { plain::passages(text) };
    let told = passages.into_iter().map(|(head, text)| {
        let head = head.unwrap_or_else(|| Head { subject: "own".into(), written: None });
        let written = head.written.map(|day| day.to_string()).unwrap_or_default();
        (head.subject, written, text.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    told.collect()
}

fn expect(media_type: &str, text: &str, expected: &[(&str, &str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect();
    assert_eq!(read(media_type, text), expected, "{text}");
}

#[test]
fn a_text_is_cut_where_programs_write_the_head_of_a_forwarded_mail() {
    for (text, expected) in [
        (
            "FYI\n\n---------- Forwarded message ---------\nFrom: Bo <bo@x.org>\nDate: Thu, 11 Jan 2024 at 16:02\nSubject: Next call\n\
             To: Ann <ann@x.org>, a long\n list of others <c@x.org>\nCc: D\n\nIt is on 22 February.",
            &[("own", "", "FYI"), ("Next call", "2024-01-11", "It is on 22 February.")][..],
        ),
        (
            "\n\nBegin forwarded message:\n\n> From: Bo <bo@x.org>\n> Subject: Fwd: Call\n> Date: 11 January 2024 at 16:02:33 GMT\n\
             > To: ann@x.org\n> \n> It is on 22 February.\n> Bring tea.\n",
            &[("Call", "2024-01-11", "It is on 22 February. Bring tea.")],
        ),
        (
            "-----Original Message-----\r\nFrom: Bo\r\nSent: Thursday, January 11, 2024 4:02 PM\r\nTo: Ann\r\nSubject: Re: Call\r\n\r\nOn the 22nd.",
            &[("Call", "2024-01-11", "On the 22nd.")],
        ),
        (
            "------------------ 原始邮件 ------------------\n发件人: \"标准\" <a@x.cn>;\n发送时间: 2024年1月11日(星期四) 下午4:02\n收件人: \"b\";\n主题: 转发：会议通知\n\n会议于3月14日召开。",
            &[("会议通知", "2024-01-11", "会议于3月14日召开。")],
        ),
        (
            "Von: Bo\nGesendet: Donnerstag, 11. Januar 2024 16:02\nAn: Ann\nBetreff: WG: Sitzung\n\n22 February.",
            &[("Sitzung", "2024-01-11", "22 February.")],
        ),
        (
            "Yes.\n\nOn Thu, 11 Jan 2024 at 16:02, Ann\n<ann@x.org> wrote:\n> Is it on 22 February?\n",
            &[("own", "", "Yes."), ("", "2024-01-11", "Is it on 22 February?")],
        ),
        // No heads, whatever they look like.
        (
            "From: London\nTo: Paris\nDate: 5 May 2024\n\nA journey.",
            &[("own", "", "From: London To: Paris Date: 5 May 2024 A journey.")],
        ),
        ("Subject: history\nDate: 5 May", &[("own", "", "Subject: history Date: 5 May")]),
        ("", &[]),
    ] {
        expect("text/plain", text, expected);
    }
}

#[test]
fn html_is_cut_there_too_and_stays_as_it_is() {
    for (text, expected) in [
        (
            "<p>FYI</p><div><p><b>From:</b> Bo &lt;bo@x.org&gt;<br><b>Sent:</b>&nbsp;Thursday, January 11, 2024 4:02 PM<br><b>To:</b> Ann\
             <br><b>Subject:</b> Call</p></div><p>On <b>22 February</b>.</p>",
            &[("own", "", "<p>FYI</p><div><p><b>"), ("Call", "2024-01-11", "</p></div><p>On <b>22 February</b>.</p>")]
                [..],
        ),
        (
            "<style>p { From: x }</style><table><tr><th>Subject: </th><td>Call</td></tr><tr><th>Date: </th><td>Thu, 11 Jan 2024 16:02:00 +0100</td></tr>\
             <tr><th>From: </th><td>Bo</td></tr></table><p>On 22 February.</p>",
            &[
                ("own", "", "<style>p { From: x }</style><table><tr><th>"),
                ("Call", "2024-01-11", "</td></tr></table><p>On 22 February.</p>"),
            ],
        ),
    ] {
        expect("text/html", text, expected);
    }
    for odd in ["<", "<<<", "<a", "<!--", "<style>x", "</", "&", "<p", "a<b>c"] {
        read("text/html", odd);
    }
}

#[test]
fn a_day_is_read_in_whatever_order_unless_nobody_knows() {
    for (value, expected) in [
        ("Thu, 11 Jan 2024 16:02:00 +0100", "2024-01-11"),
        ("Thursday, January 11, 2024 4:02 PM", "2024-01-11"),
        ("11. Januar 2024 um 16:02:00 MEZ", "2024-01-11"),
        ("jeudi 11 janvier 2024 16:02", "2024-01-11"),
        ("martes, 9 de enero de 2024 16:02", "2024-01-09"),
        ("mercoledì 10 gennaio 2024 16:02", "2024-01-10"),
        ("2024年1月11日(星期四) 下午4:02", "2024-01-11"),
        ("2024-01-11 16:02", "2024-01-11"),
        ("11.01.2024 16:02", "2024-01-11"),
        ("21/01/2024 16:02", "2024-01-21"),
        ("03/04/2024", ""),
        ("yesterday", ""),
        ("31 February 2024", ""),
    ] {
        assert_eq!(heads::day(value).map(|day| day.to_string()).unwrap_or_default(), expected, "{value}");
    }
}

#[test]
fn a_mail_gives_its_texts_and_files_and_those_of_the_mails_in_it() {
    let mail = "From: a@x.org\nSubject: Fwd: =?utf-8?Q?Caf=C3=A9?=\nDate: Thu, 11 Jan 2024 16:02:00 +0100\nMIME-Version: 1.0\n\
                Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\
                Content-Type: text/plain\n\nplain\n--i\nContent-Type: text/html\n\n<p>html</p>\n--i\n\
                Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--i--\n--o\nContent-Type: text/csv; name=\"d.csv\"\n\
                Content-Disposition: attachment\n\na,b\n--o\nContent-Type: image/png\nContent-ID: <x>\n\nPNG\n--o\nContent-Type: message/rfc822\n\n\
                Subject: Inner\nDate: Fri, 12 Jan 2024 16:02:00 +0100\n\ninside\n--o--\n";
    let letter = read_letter(mail);
    assert_eq!(letter.subject, "Café");
    let names: Vec<_> = letter.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["attachment (calendar)", "d.csv"]);
    assert_eq!(letter.bodies.len(), 2);
    let first = &letter.bodies[0];
    assert_eq!(
        (first.plain[0].text.trim(), first.html[0].text.trim()),
        ("Café\n\nplain", "<h1>Café</h1>\n<p>html</p>")
    );
    let inner = &letter.bodies[1].plain[0];
    assert_eq!(
        (inner.text.trim(), inner.written.map(|day| day.to_string())),
        ("Inner\n\ninside", Some("2024-01-12".into()))
    );
    assert!(!letter.is_cut);
    // Russian dolls.
    let dolls =
        (0..9).fold("Subject: x\n\ny".to_owned(), |inner, _| format!("Content-Type: message/rfc822\n\n{inner}"));
    assert!(read_letter(&dolls).is_cut);
}

fn read_letter(mail: &str) -> Letter {
    super::read(mail.as_bytes())
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_read(octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        super::read(&octets);
        addressed(&octets);
    }

    #[test]
    fn whatever_stands_where_a_head_may_is_read(text in "((From|Date|Subject|To|发件人|主题)[:：] ?\\PC{0,12}|[<>/a-z&;\"!-]{0,9}|\\PC{0,9}|\n){0,30}") {
        let passages = plain::passages(&text);
        let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        proptest::prop_assert!(passages.iter().map(|(_, passage)| words(passage)).sum::<usize>() <= words(&text));
        html::passages(&text);
        super::read(format!("Content-Type: text/html\n\n{text}").as_bytes());
    }
}
