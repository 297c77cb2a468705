//! A feed of any octets: read the same each time, and within its bounds.
#![no_main]

use kalends::intake::feed::{MOST_ITEMS, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Ok(address) = "https://example.org/news/feed.xml".parse() else { return };
    for content_type in [None, Some("text/xml; charset=gb18030")] {
        let Ok(feed) = read(octets, content_type, &address) else { continue };
        assert!(feed.items.len() <= MOST_ITEMS);
        for item in &feed.items {
            assert!(!item.title.contains(['\n', '\u{1b}']));
            assert!(item.link.as_ref().is_none_or(|link| link.starts_with("http://") || link.starts_with("https://")));
        }
        assert_eq!(read(octets, content_type, &address).as_ref(), Ok(&feed));
    }
});
