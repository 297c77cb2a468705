//! What a server with a mailbox says, of any octets, in pieces of any length: the same answers however they arrive, and never
//! more kept than one may have. Whatever is in one, the library reads it or says no.
#![no_main]

use kalends::mail::mailbox::frames::{Frame, Frames, LONGEST_LINES, LONGEST_LITERAL, MOST_LITERALS, Unreadable, read};
use libfuzzer_sys::fuzz_target;

fn frames(octets: &[u8], piece: usize) -> (Vec<Frame>, Option<Unreadable>) {
    let (mut frames, mut all) = (Frames::default(), Vec::new());
    for piece in octets.chunks(piece) {
        frames.push(piece);
        loop {
            match frames.take_next() {
                Ok(Some(frame)) => all.push(frame),
                Ok(None) => break,
                Err(error) => return (all, Some(error)),
            }
        }
    }
    (all, None)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, octets) = input;
    let whole = frames(octets, usize::MAX);
    assert_eq!(frames(octets, usize::from(piece) + 1), whole);
    for frame in &whole.0 {
        assert!(frame.ends_with(b"\n") && frame.len() <= LONGEST_LINES + MOST_LITERALS * LONGEST_LITERAL);
        let _ = read(frame);
    }
});
