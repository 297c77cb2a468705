//! Addresses that prove what came back (variable envelope return path): each delivery has an envelope sender of its own,
//! each subscription an address that ends it, and a MAC in them that nobody can make up.
//!
//! `bounces@example.org` gives `bounces+b…@example.org` for a delivery and `bounces+u…@example.org` for a subscription.
//! Case means nothing in them, since some servers write addresses in small letters.

use super::address::EmailAddress;
use super::token::{Claim, Purpose, Subject, TokenKey};
use super::{Invalid, text};

/// What is put behind the `+`: a letter that says what it is for, and a token.
const LONGEST_TAG: usize = 30;
/// RFC 5321 section 4.5.3.1.1.
const LONGEST_LOCAL_PART: usize = 64;

/// What tells a delivery where it can be told: behind the `+` of its envelope sender, and to a mail provider that hands it
/// back. It says nothing of the reader.
pub fn mark(key: &TokenKey, delivery: Subject) -> String {
    format!("b{}", key.seal_short(Purpose::Bounce, delivery))
}

/// What such a mark claims; it proves nothing yet.
pub fn read_mark(mark: &str) -> Option<Claim> {
    let mark = mark.trim();
    let rest = mark.strip_prefix(['b', 'B'])?;
    Claim::read_short(Purpose::Bounce, rest)
}

/// Makes and reads the addresses of one installation.
#[derive(Clone)]
pub struct Verp {
    base: EmailAddress,
    key: TokenKey,
}

impl Verp {
    /// `base` has passed [`check`](Self::check).
    pub fn of(base: &EmailAddress, key: &TokenKey) -> Self {
        Self { base: base.clone(), key: key.clone() }
    }

    /// Whether addresses can be made from `base`.
    pub fn check(base: &EmailAddress) -> Result<(), Invalid> {
        let local = base.local_part();
        if !local.is_ascii() {
            return Err(Invalid(format!("`{base}` is not ASCII: many servers take no other envelope sender")));
        }
        match LONGEST_LOCAL_PART - 1 - LONGEST_TAG {
            limit if local.len() > limit => Err(Invalid(format!(
                "`{base}` has {} characters before the @: {limit} leave room for what is put behind them",
                local.len()
            ))),
            _ => Ok(()),
        }
    }

    /// Where a delivery comes back to.
    pub fn envelope_sender(&self, delivery: Subject) -> EmailAddress {
        self.base.tagged(&mark(&self.key, delivery))
    }

    /// A mail to it ends the subscription.
    pub fn unsubscribe_address(&self, subscription: Subject) -> EmailAddress {
        self.base.tagged(&format!("u{}", self.key.seal_short(Purpose::UnsubscribeByMail, subscription)))
    }

    /// Whether mail to this address is ours to take, whatever it proves.
    pub fn is_ours(&self, address: &str) -> bool {
        self.tag(address).is_some()
    }

    /// What a mail to this address claims: that a delivery came back, or that who has a subscription wants to end it. It
    /// proves nothing yet.
    pub fn read(&self, address: &str) -> Option<Claim> {
        let tag = self.tag(address)?;
        match tag.strip_prefix(['u', 'U']) {
            Some(rest) => Claim::read_short(Purpose::UnsubscribeByMail, rest),
            None => read_mark(tag),
        }
    }

    fn tag<'a>(&self, address: &'a str) -> Option<&'a str> {
        tag_of(&self.base, address)
    }
}

/// What stands behind the `+` of an address that is the base or one with a tag; empty for the base.
pub fn tag_of<'a>(base: &EmailAddress, address: &'a str) -> Option<&'a str> {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, domain) = address.rsplit_once('@')?;
    if text::fold_case(domain) != text::fold_case(base.domain()) {
        return None;
    }
    let base = base.local_part();
    let (start, rest) = local.split_at_checked(base.len())?;
    match start.eq_ignore_ascii_case(base) {
        true if rest.is_empty() => Some(rest),
        true => rest.strip_prefix('+'),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::token::Nonce;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn verp() -> Verp {
        Verp::of(&"Bounces@Example.org".parse().unwrap(), &TokenKey::new(*b"secret"))
    }

    const ROW: Subject = Subject { id: 77, nonce: None };

    /// What an address proves of the row that it names.
    fn proves(address: &str) -> Option<(Purpose, i64)> {
        let claim = verp().read(address)?;
        let id = TokenKey::new(*b"secret").verify(&claim, ROW.nonce, Timestamp::UNIX_EPOCH).ok()?;
        Some((claim.purpose(), id))
    }

    #[test]
    fn an_address_proves_what_it_was_made_for() {
        let (sender, leave) = (verp().envelope_sender(ROW), verp().unsubscribe_address(ROW));
        assert_eq!(proves(sender.as_str()), Some((Purpose::Bounce, 77)));
        assert_eq!(proves(leave.as_str()), Some((Purpose::UnsubscribeByMail, 77)));
        for changed in [sender.as_str().to_lowercase(), sender.as_str().to_uppercase(), format!(" <{sender}> ")] {
            assert_eq!(proves(&changed), Some((Purpose::Bounce, 77)), "{changed}");
        }
        assert_eq!(sender.as_str().parse::<EmailAddress>().as_ref(), Ok(&sender));
    }

    #[test]
    fn what_is_forged_or_cut_proves_nothing_and_is_ours_all_the_same() {
        let sender = verp().envelope_sender(ROW).to_string();
        let other = Verp::of(&"bounces@example.org".parse().unwrap(), &TokenKey::new(*b"other"));
        let newer = Subject { nonce: Nonce::new(b"12345678"), ..ROW };
        for wrong in [
            sender.replace("+b", "+u"),
            sender.replace("+b", "+x"),
            sender.replace("@", "a@"),
            other.envelope_sender(ROW).to_string(),
            verp().envelope_sender(newer).to_string(),
            "bounces@example.org".into(),
            "bounces+@example.org".into(),
        ] {
            assert_eq!(proves(&wrong), None, "{wrong}");
            assert!(verp().is_ours(&wrong), "{wrong}");
        }
        for foreign in
            ["ada@example.org", "bounces@example.com", "bouncesx@example.org", "bounces", "", "@", "é@example.org"]
        {
            assert!(!verp().is_ours(foreign) && verp().read(foreign).is_none(), "{foreign}");
        }
    }

    #[test]
    fn the_longest_address_fits_into_an_envelope() {
        let longest: EmailAddress = format!("{}@example.org", "b".repeat(33)).parse().unwrap();
        Verp::check(&longest).unwrap();
        let last = Subject { id: i64::MAX, nonce: Nonce::new(b"12345678") };
        let sender = Verp::of(&longest, &TokenKey::new(*b"secret")).envelope_sender(last);
        assert_eq!(sender.local_part().len(), LONGEST_LOCAL_PART);
        assert!(Verp::check(&format!("{}@example.org", "b".repeat(34)).parse().unwrap()).is_err());
        assert!(Verp::check(&"回@example.org".parse().unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn nothing_made_up_proves_anything(tag in "\\PC{0,40}|[bu][a-z2-7]{18,29}", at in "@(example.org|\\PC{0,9})") {
            prop_assert_eq!(proves(&format!("bounces+{tag}{at}")), None);
        }
    }
}
