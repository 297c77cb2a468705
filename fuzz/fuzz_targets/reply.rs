//! What a relay says, of any octets, in pieces of any length: the same replies however they arrive, and never more kept
//! than a line and a reply may have.
#![no_main]

use kalends::mail::smtp::replies::{MOST_LINES, Replies, Reply, Unreadable};
use libfuzzer_sys::fuzz_target;

fn read(octets: &[u8], piece: usize) -> (Vec<Reply>, Option<Unreadable>, bool) {
    let (mut replies, mut read) = (Replies::default(), Vec::new());
    for piece in octets.chunks(piece) {
        replies.take(piece);
        loop {
            match replies.reply() {
                Ok(Some(reply)) => read.push(reply),
                Ok(None) => break,
                Err(error) => return (read, Some(error), false),
            }
        }
    }
    let is_drained = replies.is_drained();
    (read, None, is_drained)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, octets) = input;
    let whole = read(octets, usize::MAX);
    assert_eq!(read(octets, usize::from(piece) + 1), whole);
    for reply in &whole.0 {
        assert!((200..600).contains(&reply.code) && (1..=MOST_LINES).contains(&reply.lines().count()));
        let text = reply.text();
        assert!(!text.contains(char::is_control) && text.chars().count() <= 1001, "{text:?}");
    }
    if whole.1.is_none() && octets.last().is_some_and(|last| *last != b'\n') {
        assert!(!whole.2, "half a line was lost");
    }
});
