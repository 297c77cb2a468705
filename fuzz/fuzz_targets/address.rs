//! Addresses of any text: what is taken fits into an SMTP command and is read again as it is written.
#![no_main]

use kalends::domain::address::{EmailAddress, Mailbox};
use kalends::domain::token::{Subject, TokenKey};
use kalends::domain::verp::Verp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    if let Ok(address) = text.parse::<EmailAddress>() {
        assert!(!address.as_str().contains(|c: char| c.is_control() || matches!(c, '<' | '>' | ' ' | '"' | '\\')), "{text:?}");
        assert_eq!(address.as_str().matches('@').count(), 1, "{text:?}");
        assert!(!address.domain().is_empty() && !address.local_part().is_empty(), "{text:?}");
        assert_eq!(address.as_str().parse().as_ref(), Ok(&address), "{text:?}");
        // As a base, if it can be one.
        if Verp::check(&address).is_ok() {
            let verp = Verp::of(&address, &TokenKey::new(*b"secret"));
            let sender = verp.envelope_sender(Subject { id: 77, nonce: None });
            assert!(sender.local_part().len() <= 64, "{text:?}");
            assert!(verp.read(sender.as_str()).is_some() && verp.read(&sender.as_str().to_uppercase()).is_some(), "{text:?}");
        }
    }
    if let Ok(mailbox) = text.parse::<Mailbox>() {
        assert!(!mailbox.to_string().contains(char::is_control), "{text:?}");
    }
});
