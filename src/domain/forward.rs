//! The address that editors forward mails to, and those made from it, by which each editor is known: `intake@example.org`
//! gives `intake+…@example.org`, with a MAC that nobody can make up. Case means nothing in them.

use jiff::{SignedDuration, Timestamp};

use super::address::EmailAddress;
use super::token::{Claim, Purpose, Subject, TokenKey};
use super::verp::tag_of;

/// An editor gets no more answers in a day.
pub const ANSWERS_A_DAY: usize = 20;
/// What proves itself by its signature is no older,
pub const FRESH_FOR: SignedDuration = SignedDuration::from_hours(48);
/// and no further ahead than a clock may be wrong.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);
/// Of a forwarded mail no more is taken, in octets.
pub const LARGEST_FORWARD: usize = 25 << 20;

/// Makes and reads the addresses of one installation.
#[derive(Clone)]
pub struct ForwardAddress {
    base: EmailAddress,
    key: TokenKey,
}

impl ForwardAddress {
    /// `base` has passed [`Verp::check`](super::verp::Verp::check).
    pub fn to(base: &EmailAddress, key: &TokenKey) -> Self {
        Self { base: base.clone(), key: key.clone() }
    }

    /// The editor's own.
    pub fn address_of(&self, editor: Subject) -> EmailAddress {
        self.base.tagged(&self.key.seal_short(Purpose::Forward, editor))
    }

    /// Whether mail to this address is ours to take, whatever it proves.
    pub fn is_ours(&self, address: &str) -> bool {
        tag_of(&self.base, address).is_some()
    }

    /// Whose a mail to this address claims to be. It proves nothing yet.
    pub fn read(&self, address: &str) -> Option<Claim> {
        Claim::read_short(Purpose::Forward, tag_of(&self.base, address)?)
    }
}

/// Whether a mail that says this Date was written just now.
pub fn is_fresh(date: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(date);
    age <= FRESH_FOR && age >= -AHEAD
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::token::Nonce;

    fn forwards(key: &TokenKey) -> ForwardAddress {
        ForwardAddress::to(&"Intake@example.org".parse().unwrap(), key)
    }

    #[test]
    fn an_address_proves_whose_it_is_as_long_as_its_row_is_the_same() {
        let key = TokenKey::new(*b"secret");
        let row = |nonce: &[u8; 8]| Subject { id: 3, nonce: Nonce::new(nonce) };
        let proves = |address: &str, row: Subject| {
            let claim = forwards(&key).read(address)?;
            key.verify(&claim, row.nonce, Timestamp::UNIX_EPOCH).ok()
        };
        let own = forwards(&key).address_of(row(b"12345678"));
        assert!(own.as_str().starts_with("Intake+") && forwards(&key).is_ours(own.as_str()), "{own:?}");
        for spelt in [own.to_string(), own.to_string().to_uppercase(), format!(" <{own}>")] {
            assert_eq!(proves(&spelt, row(b"12345678")), Some(3), "{spelt}");
        }
        assert_eq!(proves(own.as_str(), row(b"87654321")), None);
        let others = forwards(&TokenKey::new(*b"other")).address_of(row(b"12345678"));
        for wrong in [others.as_str(), "intake@example.org", "intake+@example.org", "intake+aaaa@example.org"] {
            assert_eq!(proves(wrong, row(b"12345678")), None, "{wrong}");
            assert!(forwards(&key).is_ours(wrong), "{wrong}");
        }
        for foreign in ["intake@example.com", "intakes@example.org", "bounces@example.org", "", "@"] {
            assert!(!forwards(&key).is_ours(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_mail_is_fresh_for_two_days() {
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
        for (date, expected) in [
            ("2026-03-04T11:59:00Z", true),
            ("2026-03-02T12:00:00Z", true),
            ("2026-03-02T11:59:59Z", false),
            ("2026-03-04T13:00:00Z", true),
            ("2026-03-04T13:00:01Z", false),
        ] {
            assert_eq!(is_fresh(date.parse().unwrap(), now), expected, "{date}");
        }
    }
}
