//! Links in mails that prove who may follow them: what for, for whom, until when, and a MAC over it.
//!
//! The MAC covers a random value of the row too, which does not stand in the link. After an older backup was put back,
//! another row gets the same id, and links mailed meanwhile must not act on whose it is now. So a token is opened in two
//! steps: it claims a row, and is verified against what that row holds.

mod secrets;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use jiff::Timestamp;

pub use secrets::{OldSecret, Secrets, answers_until};

const MAC_OCTETS: usize = 16;
/// Of a token inside an address, where room is short: 80 bits, and each guess costs a mail.
const SHORT_MAC_OCTETS: usize = 10;

/// How long the link in a confirmation mail is valid,
pub const CONFIRM_HOURS: i64 = 72;
/// and the one to what is a reader's own.
pub const OWN_LINK_MINUTES: i64 = 60;

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
    /// Forward mails whose dates become drafts, by an editor's id.
    Forward,
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
            Purpose::Forward => b'e',
        }
    }
}

/// The installation's secrets in use. Those who hold a clone have new ones as soon as they are taken over.
#[derive(Clone)]
pub struct TokenKey(Arc<RwLock<Secrets>>);

impl PartialEq for TokenKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || *self.secrets() == *other.secrets()
    }
}

/// A row's own random value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; 8]);

impl Nonce {
    /// None if these are not as many octets as one has.
    pub fn new(octets: &[u8]) -> Option<Self> {
        octets.try_into().ok().map(Self)
    }
}

/// The row that a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub id: i64,
    /// None of rows from before there were any: the links that were mailed then go on working.
    pub nonce: Option<Nonce>,
}

/// What a token says of itself, before it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    purpose: Purpose,
    id: i64,
    /// Seconds since 1970; none: valid for ever.
    expires: Option<i64>,
    /// What the MAC covers beside the nonce.
    covered: Vec<u8>,
    mac: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("this link is not one of ours, or was cut off on its way")]
    Unknown,
    #[error("this link is no longer valid")]
    Expired,
    /// The secret that it was sealed with has had its time.
    #[error("this link is no longer valid: take that of a newer mail")]
    Ended,
}

impl Claim {
    /// Reads a token made by [`TokenKey::seal`] for this purpose.
    pub fn read(purpose: Purpose, token: &str) -> Option<Self> {
        let octets = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (covered, mac) = octets.split_at_checked(17)?;
        if mac.len() != MAC_OCTETS || covered[0] != purpose.tag() {
            return None;
        }
        let number = |at: usize| covered.get(at..at + 8)?.try_into().ok().map(i64::from_be_bytes);
        let expires = Some(number(9)?).filter(|expires| *expires != 0);
        Some(Self { purpose, id: number(1)?, expires, covered: covered.to_vec(), mac: mac.to_vec() })
    }

    /// Reads a token made by [`TokenKey::seal_short`] for this purpose. Case means nothing.
    pub fn read_short(purpose: Purpose, token: &str) -> Option<Self> {
        let octets = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (number, mac) = octets.split_at_checked(octets.len().checked_sub(SHORT_MAC_OCTETS)?)?;
        let mut padded = [0; 8];
        padded.get_mut(8usize.checked_sub(number.len())?..)?.copy_from_slice(number);
        // Each row has one token: none with zeros before the number.
        if number.first() == Some(&0) {
            return None;
        }
        let id = i64::from_be_bytes(padded);
        Some(Self { purpose, id, expires: None, covered: covered_short(purpose, id), mac: mac.to_vec() })
    }

    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub fn id(&self) -> i64 {
        self.id
    }
}

impl TokenKey {
    /// Of an installation whose secret was never renewed.
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        let secret = secret.into();
        Self::of(Secrets::new(secret.clone(), Vec::new(), secret))
    }

    pub fn of(secrets: Secrets) -> Self {
        Self(Arc::new(RwLock::new(secrets)))
    }

    /// From now on these, for all who hold it.
    pub fn take_over(&self, secrets: Secrets) {
        if *self.secrets() != secrets {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets;
        }
    }

    fn secrets(&self) -> RwLockReadGuard<'_, Secrets> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token for `subject`; without `expires` it is valid for ever.
    pub fn seal(&self, purpose: Purpose, subject: Subject, expires: Option<Timestamp>) -> String {
        let mut octets = vec![purpose.tag()];
        octets.extend(subject.id.to_be_bytes());
        octets.extend(expires.map_or(0, Timestamp::as_second).to_be_bytes());
        let mac = self.secrets().seal(&octets, subject.nonce);
        octets.extend(&mac[..MAC_OCTETS]);
        BASE64URL_NOPAD.encode(&octets)
    }

    /// A token for the local part of an address, valid for ever: at most 29 letters and digits, in which case means
    /// nothing.
    pub fn seal_short(&self, purpose: Purpose, subject: Subject) -> String {
        let mac = self.secrets().seal(&covered_short(purpose, subject.id), subject.nonce);
        let mut octets: Vec<u8> = subject.id.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
        octets.extend(&mac[..SHORT_MAC_OCTETS]);
        BASE32_NOPAD.encode(&octets).to_ascii_lowercase()
    }

    /// Whether a claim is true of the row that it names, which holds this nonce: the row's id. The MAC is compared in
    /// constant time.
    pub fn verify(&self, claim: &Claim, nonce: Option<Nonce>, now: Timestamp) -> Result<i64, TokenError> {
        self.secrets().open(claim.purpose, &claim.covered, nonce, &claim.mac, now)?;
        match claim.expires {
            Some(expires) if expires < now.as_second() => Err(TokenError::Expired),
            _ => Ok(claim.id),
        }
    }

    /// What is kept of an address (by its key) that was forgotten: enough to know it again, and nothing that can be
    /// turned back without the secret. It stays the same when the others are renewed.
    pub fn fingerprint(&self, email_key: &str) -> String {
        // No token begins like this (see `Purpose::tag`), so neither MAC can stand for the other.
        BASE64URL_NOPAD.encode(&self.secrets().hash(format!("forgotten:{email_key}").as_bytes()))
    }

    /// What is kept of a program's request: enough to know the same again. It stays when the others are renewed.
    pub fn digest_of_request(&self, request: &[u8]) -> Vec<u8> {
        self.secrets().hash(&[b"request:", request].concat())
    }

    /// What is kept of what tells one forwarded mail from another. It stays when the others are renewed.
    pub fn digest_of_forward(&self, key: &[u8]) -> Vec<u8> {
        self.secrets().hash(&[b"received:", key].concat())
    }

    /// What is kept of what tells one report from another, which may name a person. It stays when the others are renewed.
    pub fn digest_of_report(&self, key: &[u8]) -> Vec<u8> {
        self.secrets().hash(&[b"report:", key].concat())
    }
}

fn covered_short(purpose: Purpose, id: i64) -> Vec<u8> {
    let mut octets = vec![purpose.tag()];
    octets.extend(id.to_be_bytes());
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PURPOSES: [Purpose; 8] = [
        Purpose::Confirm,
        Purpose::Calendar,
        Purpose::Unsubscribe,
        Purpose::Preferences,
        Purpose::Owner,
        Purpose::UnsubscribeByMail,
        Purpose::Bounce,
        Purpose::Forward,
    ];
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn key() -> TokenKey {
        TokenKey::new(*b"secret")
    }

    fn old(id: i64) -> Subject {
        Subject { id, nonce: None }
    }

    fn open(purpose: Purpose, token: &str, row: Subject, now: Timestamp) -> Result<i64, TokenError> {
        let claim = Claim::read(purpose, token).filter(|claim| claim.id() == row.id).ok_or(TokenError::Unknown)?;
        key().verify(&claim, row.nonce, now)
    }

    fn open_short(purpose: Purpose, token: &str, row: Subject) -> Option<i64> {
        let claim = Claim::read_short(purpose, token).filter(|claim| claim.id() == row.id)?;
        key().verify(&claim, row.nonce, NOW).ok()
    }

    #[test]
    fn a_token_opens_only_for_its_purpose_and_time() {
        let now = Timestamp::from_second(1_600_000_000).unwrap();
        let later = Timestamp::from_second(1_600_000_001).unwrap();
        let token = key().seal(Purpose::Confirm, old(7), Some(now));
        assert_eq!(open(Purpose::Confirm, &token, old(7), now), Ok(7));
        assert_eq!(open(Purpose::Confirm, &token, old(7), later), Err(TokenError::Expired));
        for other in PURPOSES.into_iter().filter(|purpose| *purpose != Purpose::Confirm) {
            assert_eq!(open(other, &token, old(7), now), Err(TokenError::Unknown));
            // Of one length for all readers, whoever they are.
            assert_eq!(key().seal(other, old(i64::MAX), None).len(), token.len());
        }
        let claim = Claim::read(Purpose::Confirm, &token).unwrap();
        assert_eq!(TokenKey::new(*b"other").verify(&claim, None, now), Err(TokenError::Unknown));
        for cut in 0..token.len() {
            assert_eq!(open(Purpose::Confirm, &token[..cut], old(7), now), Err(TokenError::Unknown));
        }
        let for_ever = key().seal(Purpose::Unsubscribe, old(i64::MAX), None);
        assert_eq!(open(Purpose::Unsubscribe, &for_ever, old(i64::MAX), later), Ok(i64::MAX));
    }

    #[test]
    fn links_that_were_mailed_before_there_were_nonces_stay_as_they_were() {
        let token = "dQAAAAAAAAAHAAAAAAAAAAB73ZTQIq1OoQTu5CWVeIcW";
        assert_eq!(key().seal(Purpose::Unsubscribe, old(7), None), token);
        assert_eq!(key().seal_short(Purpose::Bounce, old(7)), "a5mranhpmtgrzbfdhi");
    }

    #[test]
    fn a_fingerprint_is_of_one_address_and_one_installation() {
        assert_eq!(key().fingerprint("ada@example.org"), key().fingerprint("ada@example.org"));
        assert_ne!(key().fingerprint("ada@example.org"), key().fingerprint("eve@example.org"));
        assert_ne!(key().fingerprint("ada@example.org"), TokenKey::new(*b"other").fingerprint("ada@example.org"));
    }

    #[test]
    fn a_short_token_survives_a_change_of_case_and_opens_only_for_its_purpose() {
        for id in [1, 255, 256, 123_456_789, i64::MAX] {
            let token = key().seal_short(Purpose::Bounce, old(id));
            assert!(
                token.len() <= 29 && token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
                "{token}"
            );
            assert_eq!(open_short(Purpose::Bounce, &token, old(id)), Some(id));
            assert_eq!(open_short(Purpose::Bounce, &token.to_uppercase(), old(id)), Some(id));
            assert_eq!(open_short(Purpose::UnsubscribeByMail, &token, old(id)), None);
            for cut in 0..token.len() {
                assert_eq!(open_short(Purpose::Bounce, &token[..cut], old(id)), None);
            }
        }
    }

    proptest! {
        #[test]
        fn a_token_is_true_of_one_row_alone(id in 1i64.., nonce: [u8; 8], other: Option<[u8; 8]>, bit in 0usize..80) {
            let row = Subject { id, nonce: Some(Nonce(nonce)) };
            let another = Subject { id, nonce: other.map(Nonce) };
            prop_assume!(row != another);
            for purpose in PURPOSES {
                let (token, short) = (key().seal(purpose, row, None), key().seal_short(purpose, row));
                prop_assert_eq!(open(purpose, &token, row, NOW), Ok(id));
                prop_assert_eq!(open_short(purpose, &short, row), Some(id));
                prop_assert_eq!(open(purpose, &token, another, NOW), Err(TokenError::Unknown));
                prop_assert_eq!(open_short(purpose, &short, another), None);
                // Nothing in it tells whether its row is old or new.
                prop_assert_eq!(key().seal(purpose, old(id), None).len(), token.len());
                prop_assert_eq!(key().seal_short(purpose, old(id)).len(), short.len());
                let mut forged = Claim::read(purpose, &token).unwrap();
                forged.mac[bit / 8] ^= 1 << (bit % 8);
                prop_assert_eq!(key().verify(&forged, row.nonce, NOW), Err(TokenError::Unknown));
            }
        }

        #[test]
        fn nothing_made_up_opens_anything(token in "\\PC{0,60}|[A-Za-z0-9_-]{44}|[a-z2-7]{18,29}", nonce: Option<[u8; 8]>) {
            for purpose in PURPOSES {
                for claim in [Claim::read(purpose, &token), Claim::read_short(purpose, &token)].into_iter().flatten() {
                    prop_assert_eq!(key().verify(&claim, nonce.map(Nonce), NOW), Err(TokenError::Unknown));
                }
            }
        }
    }
}
