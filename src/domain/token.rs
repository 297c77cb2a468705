//! Links in mails that prove who may follow them: what for, for whom, until when, and a MAC over it.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

const MAC_OCTETS: usize = 16;
/// Of a token inside an address, where room is short: 80 bits, and each guess costs a mail.
const SHORT_MAC_OCTETS: usize = 10;

/// What a link allows, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Confirm one sign-up, by its id.
    Confirm,
    /// Read one's own calendar, by its id.
    Calendar,
    /// Leave: by a subscription's id.
    Unsubscribe,
    /// See and change what one gets, by the id of any of one's subscriptions. It stands in every mail, and mails are
    /// forwarded: neither the address nor anything else that is kept of the person can be had with it.
    Preferences,
    /// All that a person may do with what is theirs, by a subscriber's id: for a link that was just asked for.
    Owner,
    /// Leave by a mail to an address, by a subscription's id.
    UnsubscribeByMail,
    /// Tell that a mail came back, by its delivery's id.
    Bounce,
}

impl Purpose {
    fn tag(self) -> u8 {
        match self {
            Purpose::Confirm => b'c',
            Purpose::Calendar => b'k',
            Purpose::Unsubscribe => b'u',
            Purpose::Preferences => b'p',
            Purpose::Owner => b'o',
            Purpose::UnsubscribeByMail => b'm',
            Purpose::Bounce => b'b',
        }
    }
}

/// The installation's secret. It is made with the database and lives in it.
#[derive(Clone)]
pub struct TokenKey(Vec<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("this link is not one of ours, or was cut off on its way")]
    Unknown,
    #[error("this link is no longer valid")]
    Expired,
}

impl TokenKey {
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(secret.into())
    }

    /// A token for `subject`, a row's id; without `expires` it is valid for ever.
    pub fn seal(&self, purpose: Purpose, subject: i64, expires: Option<Timestamp>) -> String {
        let mut octets = vec![purpose.tag()];
        octets.extend(subject.to_be_bytes());
        octets.extend(expires.map_or(0, Timestamp::as_second).to_be_bytes());
        let mac = self.mac(&octets).finalize().into_bytes();
        octets.extend(&mac[..MAC_OCTETS]);
        BASE64URL_NOPAD.encode(&octets)
    }

    /// The subject of a token made by [`seal`](Self::seal) for the same purpose. The MAC is compared in constant time.
    pub fn open(&self, purpose: Purpose, token: &str, now: Timestamp) -> Result<i64, TokenError> {
        let octets = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| TokenError::Unknown)?;
        let (head, mac) = octets.split_at_checked(17).ok_or(TokenError::Unknown)?;
        self.mac(head).verify_truncated_left(mac).map_err(|_| TokenError::Unknown)?;
        let number = |range: std::ops::Range<usize>| {
            head.get(range).and_then(|b| b.try_into().ok()).map(i64::from_be_bytes).ok_or(TokenError::Unknown)
        };
        if mac.len() != MAC_OCTETS || head[0] != purpose.tag() {
            return Err(TokenError::Unknown);
        }
        match number(9..17)? {
            expires if expires != 0 && expires < now.as_second() => Err(TokenError::Expired),
            _ => number(1..9),
        }
    }

    /// What is kept of an address (by its key) that was forgotten: enough to know it again, and nothing that can be
    /// turned back without the secret.
    pub fn fingerprint(&self, email_key: &str) -> String {
        // No token begins like this (see `Purpose::tag`), so neither MAC can stand for the other.
        let text = format!("forgotten:{email_key}");
        BASE64URL_NOPAD.encode(&self.mac(text.as_bytes()).finalize().into_bytes())
    }

    /// A token for the local part of an address, valid for ever: at most 29 letters and digits, in which case means
    /// nothing.
    pub fn seal_short(&self, purpose: Purpose, subject: i64) -> String {
        let number = subject.to_be_bytes();
        let mac = self.short_mac(purpose, subject).finalize().into_bytes();
        let mut octets: Vec<u8> = number.iter().copied().skip_while(|octet| *octet == 0).collect();
        octets.extend(&mac[..SHORT_MAC_OCTETS]);
        BASE32_NOPAD.encode(&octets).to_ascii_lowercase()
    }

    /// The subject of a token made by [`seal_short`](Self::seal_short) for the same purpose.
    pub fn open_short(&self, purpose: Purpose, token: &str) -> Option<i64> {
        let octets = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (number, mac) = octets.split_at_checked(octets.len().checked_sub(SHORT_MAC_OCTETS)?)?;
        let mut padded = [0; 8];
        padded.get_mut(8usize.checked_sub(number.len())?..)?.copy_from_slice(number);
        let subject = i64::from_be_bytes(padded);
        self.short_mac(purpose, subject).verify_truncated_left(mac).ok()?;
        // Each subject has one token: none with zeros before the number.
        (number.first() != Some(&0)).then_some(subject)
    }

    fn short_mac(&self, purpose: Purpose, subject: i64) -> Hmac<Sha256> {
        let mut octets = vec![purpose.tag()];
        octets.extend(subject.to_be_bytes());
        self.mac(&octets)
    }

    fn mac(&self, octets: &[u8]) -> Hmac<Sha256> {
        // HMAC takes keys of any length (RFC 2104 section 2).
        #[allow(clippy::expect_used)]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(octets);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_for_its_purpose_and_time() {
        let key = TokenKey::new(*b"secret");
        let now = Timestamp::from_second(1_600_000_000).unwrap();
        let later = Timestamp::from_second(1_600_000_001).unwrap();
        let token = key.seal(Purpose::Confirm, 7, Some(now));
        assert_eq!(key.open(Purpose::Confirm, &token, now), Ok(7));
        assert_eq!(key.open(Purpose::Confirm, &token, later), Err(TokenError::Expired));
        assert_eq!(key.open(Purpose::Unsubscribe, &token, now), Err(TokenError::Unknown));
        assert_eq!(TokenKey::new(*b"other").open(Purpose::Confirm, &token, now), Err(TokenError::Unknown));
        for cut in 0..token.len() {
            assert_eq!(key.open(Purpose::Confirm, &token[..cut], now), Err(TokenError::Unknown));
        }
        for other in [Purpose::Preferences, Purpose::Owner, Purpose::Calendar] {
            assert_eq!(key.open(other, &token, now), Err(TokenError::Unknown));
            // Of one length for all readers, whoever they are.
            assert_eq!(key.seal(other, i64::MAX, None).len(), token.len());
        }
        let for_ever = key.seal(Purpose::Unsubscribe, i64::MAX, None);
        assert_eq!(key.open(Purpose::Unsubscribe, &for_ever, later), Ok(i64::MAX));
    }

    #[test]
    fn a_fingerprint_is_of_one_address_and_one_installation() {
        let key = TokenKey::new(*b"secret");
        assert_eq!(key.fingerprint("ada@example.org"), key.fingerprint("ada@example.org"));
        assert_ne!(key.fingerprint("ada@example.org"), key.fingerprint("eve@example.org"));
        assert_ne!(key.fingerprint("ada@example.org"), TokenKey::new(*b"other").fingerprint("ada@example.org"));
    }

    #[test]
    fn a_short_token_survives_a_change_of_case_and_opens_only_for_its_purpose() {
        let key = TokenKey::new(*b"secret");
        for subject in [1, 255, 256, 123_456_789, i64::MAX] {
            let token = key.seal_short(Purpose::Bounce, subject);
            assert!(
                token.len() <= 29 && token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
                "{token}"
            );
            assert_eq!(key.open_short(Purpose::Bounce, &token), Some(subject));
            assert_eq!(key.open_short(Purpose::Bounce, &token.to_uppercase()), Some(subject));
            assert_eq!(key.open_short(Purpose::UnsubscribeByMail, &token), None);
            assert_eq!(TokenKey::new(*b"other").open_short(Purpose::Bounce, &token), None);
            for cut in 0..token.len() {
                assert_eq!(key.open_short(Purpose::Bounce, &token[..cut]), None);
            }
        }
    }
}
