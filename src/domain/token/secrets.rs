//! The secrets of an installation: the newest seals; those before it open what they sealed, each for as long as that may
//! be of use.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::{Nonce, Purpose, TokenError};

/// How long what waits for an answer is opened after its secret was replaced.
const ANSWERS_DAYS: i64 = 30;

/// All of them. They are made in the database and live in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    newest: Vec<u8>,
    older: Vec<OldSecret>,
    /// Under which it is known who was forgotten: it stays when the others are renewed, since nothing is left of which the
    /// hashes could be made anew.
    forgotten: Vec<u8>,
}

/// One that another took the place of.
#[derive(Clone, PartialEq, Eq)]
pub struct OldSecret {
    pub value: Vec<u8>,
    pub replaced_at: Timestamp,
    /// Others may know it: it opens nothing.
    pub is_leaked: bool,
}

impl Secrets {
    pub fn new(newest: Vec<u8>, older: Vec<OldSecret>, forgotten: Vec<u8>) -> Self {
        Self { newest, older, forgotten }
    }

    /// The MAC of a new token.
    pub(super) fn seal(&self, covered: &[u8], nonce: Option<Nonce>) -> Vec<u8> {
        mac(&self.newest, covered, nonce).finalize().into_bytes().to_vec()
    }

    /// Whether one of them made this MAC and still opens what it sealed for this purpose. Compared in constant time.
    pub(super) fn open(
        &self,
        purpose: Purpose,
        covered: &[u8],
        nonce: Option<Nonce>,
        sealed: &[u8],
        now: Timestamp,
    ) -> Result<(), TokenError> {
        let is_by = |secret: &[u8]| mac(secret, covered, nonce).verify_truncated_left(sealed).is_ok();
        if is_by(&self.newest) {
            return Ok(());
        }
        let old = self.older.iter().find(|old| is_by(&old.value)).ok_or(TokenError::Unknown)?;
        match !old.is_leaked && old.opens_until(purpose).is_none_or(|until| now < until) {
            true => Ok(()),
            false => Err(TokenError::Ended),
        }
    }

    pub(super) fn hash(&self, octets: &[u8]) -> Vec<u8> {
        mac(&self.forgotten, octets, None).finalize().into_bytes().to_vec()
    }
}

impl OldSecret {
    /// None: for ever. Who wants to leave can do so by any mail they have, programs ask for a calendar under the address
    /// that they were given, mail comes back whenever it does, and editors have their address in a book.
    fn opens_until(&self, purpose: Purpose) -> Option<Timestamp> {
        match purpose {
            Purpose::Unsubscribe | Purpose::UnsubscribeByMail | Purpose::Calendar => None,
            Purpose::Bounce | Purpose::Forward => None,
            Purpose::Confirm | Purpose::Preferences | Purpose::Owner => Some(answers_until(self.replaced_at)),
        }
    }
}

/// Until when a secret replaced then opens confirmations and choices.
pub fn answers_until(replaced_at: Timestamp) -> Timestamp {
    replaced_at.saturating_add(SignedDuration::from_hours(24 * ANSWERS_DAYS)).unwrap_or(Timestamp::MAX)
}

fn mac(secret: &[u8], octets: &[u8], nonce: Option<Nonce>) -> Hmac<Sha256> {
    // HMAC takes keys of any length (RFC 2104 section 2).
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(octets);
    if let Some(Nonce(nonce)) = nonce {
        mac.update(&nonce);
    }
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Claim, Subject, TokenKey};
    use super::*;

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
    const ROW: Subject = Subject { id: 7, nonce: Some(Nonce(*b"12345678")) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// As it stands after renewals at these moments; the first secret is "0".
    fn renewed(at_moments: &[(i64, bool)]) -> Secrets {
        let older = at_moments.iter().enumerate().map(|(number, (moment, is_leaked))| OldSecret {
            value: number.to_string().into_bytes(),
            replaced_at: at(*moment),
            is_leaked: *is_leaked,
        });
        Secrets::new(at_moments.len().to_string().into_bytes(), older.collect(), b"forgotten".to_vec())
    }

    fn opens(key: &TokenKey, purpose: Purpose, token: &str, now: i64) -> Result<i64, TokenError> {
        key.verify(&Claim::read(purpose, token).unwrap(), ROW.nonce, at(now))
    }

    #[test]
    fn what_leads_out_is_opened_for_ever_and_what_waits_for_an_answer_for_thirty_days() {
        let before = TokenKey::of(renewed(&[]));
        let key = TokenKey::of(renewed(&[(1000, false)]));
        let month = 30 * 86_400;
        for purpose in PURPOSES {
            let token = before.seal(purpose, ROW, None);
            assert_eq!(opens(&key, purpose, &token, 1000 + month - 1), Ok(7), "{purpose:?}");
            let waits = matches!(purpose, Purpose::Confirm | Purpose::Preferences | Purpose::Owner);
            let later = if waits { Err(TokenError::Ended) } else { Ok(7) };
            assert_eq!(opens(&key, purpose, &token, 1000 + month), later, "{purpose:?}");
            assert_eq!(opens(&key, purpose, &key.seal(purpose, ROW, None), 1_000_000_000), Ok(7));
        }
        let short = Claim::read_short(Purpose::Bounce, &before.seal_short(Purpose::Bounce, ROW)).unwrap();
        assert_eq!(key.verify(&short, ROW.nonce, at(1_000_000_000)), Ok(7));
    }

    #[test]
    fn its_own_time_ends_a_token_also_under_an_old_secret() {
        let token = TokenKey::of(renewed(&[])).seal(Purpose::Confirm, ROW, Some(at(2000)));
        let key = TokenKey::of(renewed(&[(1000, false)]));
        assert_eq!(opens(&key, Purpose::Confirm, &token, 2000), Ok(7));
        assert_eq!(opens(&key, Purpose::Confirm, &token, 2001), Err(TokenError::Expired));
    }

    #[test]
    fn who_holds_a_key_has_the_new_secrets_when_they_are_taken_over() {
        let key = TokenKey::of(renewed(&[]));
        let other = key.clone();
        let token = key.seal(Purpose::Unsubscribe, ROW, None);
        let hash = key.fingerprint("ada@example.org");
        key.take_over(renewed(&[(1000, true)]));
        assert_eq!(opens(&other, Purpose::Unsubscribe, &token, 1000), Err(TokenError::Ended));
        assert_ne!(other.seal(Purpose::Unsubscribe, ROW, None), token);
        assert_eq!(other.fingerprint("ada@example.org"), hash, "who was forgotten stays known");
    }

    proptest! {
        #[test]
        fn however_often_it_is_renewed_each_token_opens_as_its_own_secret_allows(
            moments in prop::collection::vec((0i64..100_000_000, any::<bool>()), 0..6),
            sealed_by in 0usize..7,
            now in 0i64..200_000_000,
        ) {
            let key = TokenKey::of(renewed(&moments));
            // What the secret with this number sealed; there may never have been one.
            let secret = Secrets::new(sealed_by.to_string().into_bytes(), Vec::new(), Vec::new());
            for purpose in PURPOSES {
                let token = TokenKey::of(secret.clone()).seal(purpose, ROW, None);
                let waits = matches!(purpose, Purpose::Confirm | Purpose::Preferences | Purpose::Owner);
                let expected = match moments.get(sealed_by) {
                    Some((_, true)) => Err(TokenError::Ended),
                    Some((replaced, _)) if waits && now - replaced >= 30 * 86_400 => Err(TokenError::Ended),
                    Some(_) => Ok(7),
                    None if sealed_by == moments.len() => Ok(7),
                    None => Err(TokenError::Unknown),
                };
                prop_assert_eq!(opens(&key, purpose, &token, now), expected);
            }
        }
    }
}
