//! HTML around feeds: the text of a title, and a web page that came in place of a feed.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use url::Url;

use crate::domain::Invalid;
use crate::domain::html::{self, attribute};
use crate::domain::text::single_line;

/// What people see of a short text that may have markup in it, in one line.
pub fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return single_line(html);
    }
    let text = RefCell::new(String::new());
    walk(html, |token| match token {
        Token::CharacterTokens(characters) => text.borrow_mut().push_str(&characters),
        Token::TagToken(tag) if matches!(&*tag.name, "br" | "p" | "div") => text.borrow_mut().push(' '),
        _ => {}
    });
    single_line(&text.into_inner())
}

/// That a page came and no feed, with the feed that the page names.
pub fn no_feed(html: &str, address: &Url) -> Invalid {
    let found = RefCell::new(None);
    walk(html, |token| {
        if let Token::TagToken(tag) = token
            && found.borrow().is_none()
        {
            *found.borrow_mut() = feed_of(&tag, address);
        }
    });
    match found.into_inner() {
        Some(feed) => Invalid(format!("this is a web page; its feed is at {feed}")),
        None => Invalid::new(
            "this is a web page, which names no feed: enter a feed's address, or watch the page with `format = \"page\"`",
        ),
    }
}

/// `<link rel="alternate" type="application/rss+xml" href="…">`
fn feed_of(tag: &Tag, address: &Url) -> Option<String> {
    let is_link = tag.kind == TagKind::StartTag && matches!(&*tag.name, "link" | "a");
    let is_alternate = || attribute(tag, "rel").is_some_and(|rel| rel.to_ascii_lowercase().contains("alternate"));
    let is_feed = |kind: &str| {
        let kind = kind.to_ascii_lowercase();
        ["rss+xml", "atom+xml", "rdf+xml", "feed+json"].iter().any(|known| kind.contains(known))
    };
    let is_named = is_link && is_alternate() && attribute(tag, "type").is_some_and(is_feed);
    is_named.then(|| super::link(address, attribute(tag, "href")?))?
}

fn walk(text: &str, take: impl Fn(Token)) {
    struct Sink<F>(F);
    impl<F: Fn(Token)> TokenSink for Sink<F> {
        type Handle = ();

        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            self.0(token);
            TokenSinkResult::Continue
        }
    }
    html::read(text, Sink(take));
}
