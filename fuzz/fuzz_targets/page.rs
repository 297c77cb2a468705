//! A page of any octets: its blocks, and that written anew it has the same words.
#![no_main]

use kalends::intake::charset::decoded;
use kalends::intake::page::{MOST_BLOCKS, Page};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let text = decoded(octets, None);
    let today = jiff::civil::date(2026, 11, 29);
    let page = Page::of_html(&text, today);
    assert!(page.blocks.len() <= MOST_BLOCKS);
    assert_eq!(Page::of_html(&page.text, today).blocks, page.blocks);
    assert!(Page::of_text(&text, today).blocks.iter().all(|words| !words.is_empty()));
});
