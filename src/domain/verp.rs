//! Addresses that prove what came back (variable envelope return path): each delivery has an envelope sender of its own,
//! each subscription an address that ends it, and a MAC in them that nobody can make up.
//!
//! `bounces@example.org` gives `bounces+b…@example.org` for a delivery and `bounces+u…@example.org` for a subscription.
//! Case means nothing in them, since some servers write addresses in small letters.

use super::address::EmailAddress;
use super::token::{Purpose, TokenKey};
use super::{Invalid, text};

/// What is put behind the `+`: a letter that says what it is for, and a token.
const LONGEST_TAG: usize = 30;
/// RFC 5321 section 4.5.3.1.1.
const LONGEST_LOCAL_PART: usize = 64;

/// Makes and reads the addresses of one installation.
#[derive(Clone)]
pub struct Verp {
    base: EmailAddress,
    key: TokenKey,
}

/// What an address proves that a mail came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// This delivery came back.
    Bounce(i64),
    /// Who has this subscription wants to end it.
    Unsubscribe(i64),
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
    pub fn envelope_sender(&self, delivery_id: i64) -> EmailAddress {
        self.base.tagged(&format!("b{}", self.key.seal_short(Purpose::Bounce, delivery_id)))
    }

    /// A mail to it ends the subscription.
    pub fn unsubscribe_address(&self, subscription_id: i64) -> EmailAddress {
        self.base.tagged(&format!("u{}", self.key.seal_short(Purpose::UnsubscribeByMail, subscription_id)))
    }

    /// Whether mail to this address is ours to take, whatever it proves.
    pub fn is_ours(&self, address: &str) -> bool {
        self.tag(address).is_some()
    }

    /// What a mail to this address proves; none if the token is cut, forged or another installation's.
    pub fn read(&self, address: &str) -> Option<Returned> {
        let tag = self.tag(address)?;
        let mut rest = tag.chars();
        match rest.next()?.to_ascii_lowercase() {
            'b' => self.key.open_short(Purpose::Bounce, rest.as_str()).map(Returned::Bounce),
            'u' => self.key.open_short(Purpose::UnsubscribeByMail, rest.as_str()).map(Returned::Unsubscribe),
            _ => None,
        }
    }

    /// What stands behind the `+` of an address that is the base or one with a tag; empty for the base.
    fn tag<'a>(&self, address: &'a str) -> Option<&'a str> {
        let address = address.trim().trim_start_matches('<').trim_end_matches('>');
        let (local, domain) = address.rsplit_once('@')?;
        if text::fold_case(domain) != text::fold_case(self.base.domain()) {
            return None;
        }
        let base = self.base.local_part();
        let (start, rest) = local.split_at_checked(base.len())?;
        match start.eq_ignore_ascii_case(base) {
            true if rest.is_empty() => Some(rest),
            true => rest.strip_prefix('+'),
            false => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verp() -> Verp {
        Verp::of(&"Bounces@Example.org".parse().unwrap(), &TokenKey::new(*b"secret"))
    }

    #[test]
    fn an_address_proves_what_it_was_made_for() {
        let (sender, leave) = (verp().envelope_sender(77), verp().unsubscribe_address(77));
        assert_eq!(verp().read(sender.as_str()), Some(Returned::Bounce(77)));
        assert_eq!(verp().read(leave.as_str()), Some(Returned::Unsubscribe(77)));
        for changed in [sender.as_str().to_lowercase(), sender.as_str().to_uppercase(), format!(" <{sender}> ")] {
            assert_eq!(verp().read(&changed), Some(Returned::Bounce(77)), "{changed}");
        }
        assert_eq!(sender.as_str().parse::<EmailAddress>().as_ref(), Ok(&sender));
    }

    #[test]
    fn what_is_forged_or_cut_proves_nothing_and_is_ours_all_the_same() {
        let sender = verp().envelope_sender(77).to_string();
        let other = Verp::of(&"bounces@example.org".parse().unwrap(), &TokenKey::new(*b"other"));
        for wrong in [
            sender.replace("+b", "+u"),
            sender.replace("+b", "+x"),
            sender.replace("@", "a@"),
            other.envelope_sender(77).to_string(),
            "bounces@example.org".into(),
            "bounces+@example.org".into(),
        ] {
            assert_eq!(verp().read(&wrong), None, "{wrong}");
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
        let sender = Verp::of(&longest, &TokenKey::new(*b"secret")).envelope_sender(i64::MAX);
        assert_eq!(sender.local_part().len(), LONGEST_LOCAL_PART);
        assert!(Verp::check(&format!("{}@example.org", "b".repeat(34)).parse().unwrap()).is_err());
        assert!(Verp::check(&"回@example.org".parse().unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn nothing_made_up_proves_anything(tag in "\\PC{0,40}", at in "@(example.org|\\PC{0,9})") {
            prop_assert_eq!(verp().read(&format!("bounces+{tag}{at}")), None);
        }
    }
}
