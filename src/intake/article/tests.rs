use proptest::prelude::*;

use super::*;

fn read_text(text: &str) -> Result<Manuscript, Rejected> {
    read(text.as_bytes())
}

#[test]
fn all_that_front_matter_can_say_is_read_from_yaml_and_toml() {
    let yaml = "---\ntitle: \"GB/T 35273: released\" # a remark\nbyline: Haley WU\ndate: 2020-10-19\n\
                source: https://example.org/news\ntopics: [Smart City, 5G, 2020]\nevents:\n  - 3\n  - a@example.org\n\
                draft: true\n---\n\nText *here*.\n";
    let toml = "+++\ntitle = \"GB/T 35273: released\" # a remark\nbyline = 'Haley WU'\ndate = 2020-10-19\n\
                source = \"https://example.org/news\"\ntopics = [\"Smart City\", \"5G\", 2020]\n\
                events = [3, \"a@example.org\"]\ndraft = true\n+++\nText *here*.\n";
    let manuscript = read_text(yaml).unwrap();
    assert_eq!(
        manuscript,
        Manuscript {
            uid: None,
            title: "GB/T 35273: released".into(),
            byline: "Haley WU".into(),
            date: Some("2020-10-19".parse().unwrap()),
            source: "https://example.org/news".into(),
            topics: vec!["Smart City".into(), "5G".into(), "2020".into()],
            events: vec!["3".into(), "a@example.org".into()],
            draft: Some(true),
            published_at: None,
            body: "Text *here*.".into(),
            ..Manuscript::default()
        }
    );
    assert_eq!(read_text(toml).unwrap(), manuscript);
}

#[test]
fn a_file_may_say_little_and_in_many_ways() {
    for (text, title, body) in [
        ("---\ntitle: A\n---\nText.", "A", "Text."),
        ("\u{feff}---\r\ntitle: A\r\n---\r\nText.\r\nMore.\r\n", "A", "Text.\nMore."),
        ("\n\n---  \ntitle: 2020\n---\nText.", "2020", "Text."),
        ("---\ntitle: >\n  A long\n  title\n---\nText.", "A long title", "Text."),
        ("---\ntitle: No\nbyline:\ntopics:\nevents: []\ndate: ~\n---\nText.", "No", "Text."),
        ("---\n---\n# A *title*\n\nText.", "A title", "Text."),
        ("---\n# nothing yet\n---\nA title\n=======\nText.", "A title", "Text."),
        ("# A title #\nText.", "A title", "Text."),
        ("---\ntitle: A title\n---\n# A title\n\nText.", "A title", "Text."),
        ("---\ntitle: A title\n---\n# Another\n\nText.", "A title", "# Another\n\nText."),
        ("---\ntitle: A\n---\nText.\n\n---\n\nAfter a rule.", "A", "Text.\n\n---\n\nAfter a rule."),
        ("---\ntitle: 标准\n---\n正文。", "标准", "正文。"),
    ] {
        let manuscript = read_text(text).unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        assert_eq!((manuscript.title.as_str(), manuscript.body.as_str()), (title, body), "{text:?}");
        assert!(manuscript.topics.is_empty() && manuscript.events.is_empty() && manuscript.draft.is_none());
    }
    assert_eq!(read_text("---\ntitle: A\ntopics: Smart City\nevents: 7\n---\nText.").unwrap().topics, ["Smart City"]);
    assert_eq!(read_text("+++\ntitle = 'A'\nevents = 7\n+++\nText.").unwrap().events, ["7"]);
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_would_be_right() {
    for (text, line, part) in [
        ("", 1, "title is missing"),
        ("Text.", 1, "title is missing"),
        ("---\ntitle: \"\"\n---\nText.", 1, "title is missing"),
        ("---\ntitle: A\n---\n\n", 4, "no text"),
        ("# A\n", 1, "no text"),
        ("---\ntitle: A\nText.", 1, "put a line `---`"),
        ("\n+++\ntitle = 'A'\n---\nText.", 2, "put a line `+++`"),
        ("---\ntitle: A\nauthor: B\n---\nText.", 3, "title, byline, date, source, topics, events, draft"),
        ("+++\ntitle = 'A'\nauthor = 'B'\n+++\nText.", 3, "`title`, `byline`, `date`"),
        ("---\ntitle: A\ndate: 19 October 2020\n---\nText.", 3, "write the date as 2020-10-19"),
        ("---\ntitle: A\ndate: 2020-02-30\n---\nText.", 3, "February 2020 has 29 days"),
        ("---\ntitle: A\ndate: 2020-10\n---\nText.", 3, "write the date as 2020-10-19"),
        ("+++\ntitle = 'A'\n\ndate = 2020-10-19T10:00:00Z\n+++\nText.", 4, "write the date as 2020-10-19"),
        ("---\ntitle: A\nsource: javascript:alert(1)\n---\nText.", 3, "https://"),
        ("---\ntitle: A: B\n---\nText.", 2, "needs quotes"),
        ("---\ntitle: A\ntopics: a;b\n---\nText.", 3, "semicolon"),
        ("---\ntitle: \"A\\u0007\"\n---\nText.", 2, "control character (U+0007)"),
        ("---\ntitle: A\ntopics:\n  - a\n  - {b: c}\n---\nText.", 5, "text"),
        ("---\ntitle: [A, B]\n---\nText.", 2, "text"),
        ("---\ntitle: A\ntopics: {a: b}\n---\nText.", 3, "a text or a list of texts"),
        ("---\ntitle: A\ndraft: maybe\n---\nText.", 3, "true"),
        ("+++\ntitle = 'A'\ndraft = 'maybe'\n+++\nText.", 3, "boolean"),
        ("---\ntitle: A\ntitle: B\n---\nText.", 3, "title"),
        ("---\n- A\n---\nText.", 2, "such as `title: …`"),
        ("---\njust words\n---\nText.", 2, "such as `title: …`"),
        ("---\ntitle: A\n  byline: : B\n---\nText.", 3, ""),
        ("---\ntitle: \"A\n---\nText.", 2, ""),
        ("+++\ntitle = 'A\n+++\nText.", 2, ""),
    ] {
        let error = read_text(text).expect_err(text);
        assert_eq!(error.line, line, "{text:?}: {error:?}");
        assert!(error.reason.contains(part) && !error.reason.contains('\n'), "{text:?}: {error:?}");
        assert!(!error.reason.is_empty());
    }
    let error = read(b"---\ntitle: A\n---\nCaf\xe9").unwrap_err();
    assert_eq!((error.line, error.reason.contains("UTF-8")), (4, true));
    let long = |length: usize| read_text(&format!("# A\n\n{}", "x".repeat(length)));
    assert!(long(MOST_TEXT).is_ok());
    assert!(long(MOST_TEXT + 1).unwrap_err().reason.contains("200000 are allowed"));
    assert!(long(MOST_OCTETS).unwrap_err().reason.contains("1 MB"));
    for piece in ["<div>", "> ", "<b><i>"] {
        let nested = |times: usize| read_text(&format!("# A\n\n{}", piece.repeat(times)));
        assert!(nested(100).is_ok(), "{piece}");
        assert!(nested(30_000).unwrap_err().reason.contains("one in the other"), "{piece}");
    }
}

#[test]
fn aliases_that_grow_without_end_are_refused() {
    let mut text = "---\ntitle: A\ntopics:\n  - &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let list = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("  - &a{level} [{list}]\n"));
    }
    text.push_str("---\nText.\n");
    assert!(read_text(&text).is_err());
}

proptest! {
    #[test]
    fn any_octets_are_an_article_or_an_error_and_never_a_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&octets);
    }

    #[test]
    fn any_front_matter_is_read_or_refused_with_a_line_of_it(front in "(?s)\\PC{0,60}|[-a-z:#>|&*!\\[\\]{}\"'\\\\ \n]{0,60}", toml in any::<bool>()) {
        let fence = if toml { "+++" } else { "---" };
        let text = format!("{fence}\n{front}\n{fence}\n# Title\n\nText.\n");
        if let Err(error) = read_text(&text) {
            prop_assert!(error.line >= 1 && error.line <= 1 + text.lines().count() as u64, "{error:?}");
            prop_assert!(!error.reason.is_empty() && !error.reason.contains('\n'));
        }
    }

    #[test]
    fn what_is_told_is_what_was_written(title in "[^\\p{C}\\s]([^\\p{C}\\n]{0,40}[^\\p{C}\\s])?", body in "[a-z][^\\p{C}#=-]{0,80}[a-z]") {
        let quoted = serde_json::to_string(&title).unwrap();
        for text in [
            format!("---\ntitle: {quoted}\n---\n{body}\n"),
            format!("+++\ntitle = {quoted}\n+++\n{body}\n"),
        ] {
            let manuscript = read_text(&text).unwrap();
            prop_assert_eq!(&manuscript.title, &text::single_line(&title));
            prop_assert_eq!(&manuscript.body, &text::multi_line(&body));
        }
    }
}

#[test]
fn what_is_said_field_by_field_is_judged_as_a_file_is() {
    use crate::domain::zone::Zone;
    let said = |title: Option<&str>, body: Option<&str>| ArticlePatch {
        title: title.map(str::to_owned),
        body: body.map(str::to_owned),
        ..ArticlePatch::default()
    };
    for (title, body, expected) in [
        (Some("A"), Some("Text."), Ok(("A", "Text."))),
        (Some("A"), Some("# A\n\nText."), Ok(("A", "Text."))),
        (None, Some("# A\n\nText."), Ok(("A", "Text."))),
        (None, Some("Text."), Err("title")),
        (Some("A"), None, Err("body")),
        (Some("A"), Some(""), Err("body")),
        (Some("A"), Some("# A"), Err("body")),
    ] {
        let told = told(said(title, body), None);
        let found = told.as_ref().map(|it| (it.title.as_str(), it.body.as_str())).map_err(|error| error.field);
        assert_eq!(found, expected, "{title:?} {body:?}");
    }
    let now = "2020-10-01T00:00:00Z".parse().unwrap();
    let first = Manuscript { topics: vec!["ipv6".into()], ..told(said(Some("A"), Some("Text.")), None).unwrap() };
    let mut known = Article::new(1, first, vec![3, 5], &Zone::utc(), now);
    let same = told(ArticlePatch::default(), Some(&known)).unwrap();
    assert_eq!(same.events, ["3", "5"]);
    assert!(known.rewrite(same, vec![3, 5], &Zone::utc(), now).is_empty());
    let changed = told(said(None, Some("# A\n\nMore.")), Some(&known)).unwrap();
    assert_eq!((changed.title.as_str(), changed.body.as_str(), changed.topics.len()), ("A", "More.", 1));
}
