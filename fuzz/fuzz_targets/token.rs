//! Links and bounce addresses of any text: none opens anything that was not made with the key, and what was made opens for
//! its own row and purpose alone. The first octets say what to make and where to change it.
#![no_main]

use jiff::Timestamp;
use kalends::domain::token::{Claim, Nonce, Purpose, Subject, TokenKey};
use kalends::domain::verp::Verp;
use libfuzzer_sys::fuzz_target;

const PURPOSES: [Purpose; 7] = [
    Purpose::Confirm,
    Purpose::Calendar,
    Purpose::Unsubscribe,
    Purpose::Preferences,
    Purpose::Owner,
    Purpose::UnsubscribeByMail,
    Purpose::Bounce,
];

fuzz_target!(|octets: &[u8]| {
    // Another key for each input: a fuzzer that watches comparisons learns the MAC of one.
    let key = TokenKey::new([b"secret", octets].concat());
    let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &key);
    let now = Timestamp::UNIX_EPOCH;
    if let Ok(text) = std::str::from_utf8(octets) {
        let claims = PURPOSES.iter().flat_map(|&purpose| [Claim::read(purpose, text), Claim::read_short(purpose, text)]);
        for claim in claims.chain([verp.read(text), verp.read(&format!("bounces+{text}@example.org"))]).flatten() {
            for nonce in [None, Nonce::new(b"12345678")] {
                assert!(key.verify(&claim, nonce, now).is_err(), "{text:?}");
            }
        }
    }
    let Some((&[which, at, change, ref id @ .., a], rest)) = octets.split_first_chunk::<12>() else { return };
    let id = i64::from_be_bytes(*id) & i64::MAX;
    let row = Subject { id: id.max(1), nonce: rest.get(..8).and_then(Nonce::new) };
    let purpose = PURPOSES[usize::from(which) % PURPOSES.len()];
    let other = PURPOSES[usize::from(a) % PURPOSES.len()];
    let (long, short) = (key.seal(purpose, row, None), key.seal_short(purpose, row));
    let opens = |claim: Option<Claim>, nonce| {
        claim.is_some_and(|claim| claim.id() == row.id && key.verify(&claim, nonce, now).is_ok())
    };
    assert!(opens(Claim::read(purpose, &long), row.nonce) && opens(Claim::read_short(purpose, &short), row.nonce));
    if other != purpose {
        assert!(!opens(Claim::read(other, &long), row.nonce) && !opens(Claim::read_short(other, &short), row.nonce));
    }
    let another = Nonce::new(b"another!");
    if another != row.nonce {
        assert!(!opens(Claim::read(purpose, &long), another) && !opens(Claim::read_short(purpose, &short), another));
    }
    // One letter changed into another.
    for (token, is_long) in [(&long, true), (&short, false)] {
        let mut changed = token.clone().into_bytes();
        let place = usize::from(at) % changed.len();
        changed[place] = change & 0x7f;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let claim = if is_long { Claim::read(purpose, &changed) } else { Claim::read_short(purpose, &changed) };
        let is_same = if is_long { changed == *token } else { changed.eq_ignore_ascii_case(token) };
        assert_eq!(claim.is_some_and(|claim| key.verify(&claim, row.nonce, now).is_ok()), is_same, "{changed}");
    }
});
