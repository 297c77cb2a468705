//! Nothing makes the reader panic, and what it gives is bounded.

use proptest::prelude::*;

use super::*;

fn check(octets: &[u8]) {
    let address = Url::parse("https://example.org/feed").unwrap();
    let Ok(feed) = read(octets, None, &address) else { return };
    assert!(feed.items.len() <= MOST_ITEMS);
    for item in feed.items {
        assert!(item.title.len() <= LONGEST_WORD && !item.title.contains('\n'));
        assert!(item.link.is_none_or(|link| link.starts_with("http")));
    }
}

proptest! {
    #[test]
    fn any_octets_are_read_without_a_panic(octets in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&octets);
    }

    #[test]
    fn near_feeds_are_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60), more in ".{0,20}") {
        check((pieces.concat() + &more).as_bytes());
        check(("<rss><channel>".to_owned() + &pieces.concat() + &more).as_bytes());
        check(("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[".to_owned() + &more).as_bytes());
    }

    #[test]
    fn any_days_are_read_without_a_panic(text in "[0-9A-Za-z ,:/年月日-]{0,40}") {
        let _ = day::read(&text);
    }
}

const PIECES: &[&str] = &[
    "<?xml version='1.0' encoding='GBK'?>",
    "<!DOCTYPE rss [",
    "<!ENTITY a 'b'>",
    "]>",
    "<rss version='2.0'>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/x/'>",
    "<rdf:RDF>",
    "<channel>",
    "<item>",
    "<item rdf:about='u'>",
    "<entry>",
    "<guid>",
    "<guid isPermaLink='false'>",
    "</guid>",
    "<id>",
    "</id>",
    "<link href='a'/>",
    "<link>",
    "http://[::1",
    "</link>",
    "<title type='xhtml'>",
    "</title>",
    "<content type='html'>",
    "<content:encoded>",
    "</content>",
    "<![CDATA[",
    "]]>",
    "<b>",
    "</b>",
    "<br>",
    "&nbsp;",
    "&#x1F600;",
    "&#0;",
    "&",
    "<",
    "中国",
    "</item>",
    "</entry>",
    "</channel>",
    "</rss>",
    "<!--",
    "-->",
];
