//! A picture of any octets. What the libraries do with it ends in the process apart, so their panics are let by; what reads the
//! answer may not panic, and what is kept is read as itself.
#![no_main]

use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use kalends::domain::picture::PictureFormat;
use kalends::intake::picture::{MOST_KEPT, answer, of_answer, read, refusal};
use libfuzzer_sys::fuzz_target;

fn told(octets: &[u8]) -> Option<Vec<u8>> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_theirs = info.location().is_some_and(|place| place.file().contains("registry"));
            if !is_theirs {
                hook(info);
            }
        }));
    });
    panic::catch_unwind(AssertUnwindSafe(|| answer(octets))).ok().and_then(Result::ok)
}

fuzz_target!(|octets: &[u8]| {
    let _ = of_answer(octets);
    let _ = refusal(octets, Some(PictureFormat::Png));
    let Some(answer) = told(octets) else { return };
    if let Ok(picture) = of_answer(&answer).expect("an answer of ours") {
        assert!(picture.octets.len() <= MOST_KEPT);
        assert_eq!(read(&picture.octets), Ok(picture));
    }
});
