//! What stands in a link or a cookie and opens something.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// 160 bits: nobody guesses one.
pub const OCTETS: usize = 20;

/// A random secret, of which only the hash is kept. It is never printed by itself.
#[derive(Clone)]
pub struct Ticket(String);

impl Ticket {
    pub fn of(random: [u8; OCTETS]) -> Self {
        Self(BASE32_NOPAD.encode(&random).to_ascii_lowercase())
    }

    /// None if it can't be one.
    pub fn read(text: &str) -> Option<Self> {
        let octets = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        Some(Self::of(octets.try_into().ok()?))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// It has bits enough that no slow hash is needed.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// What forms carry that are made for its bearer: nobody else can know it, and it opens nothing.
    pub fn form_token(&self) -> String {
        let digest = Sha256::digest(format!("form {}", self.0).as_bytes());
        BASE32_NOPAD.encode(&digest[..OCTETS]).to_ascii_lowercase()
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticket(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_known_again_and_never_printed() {
        let ticket = Ticket::of([7; OCTETS]);
        let text = ticket.expose().to_owned();
        assert_eq!(Ticket::read(&text).unwrap().hash(), ticket.hash());
        assert!(!format!("{ticket:?}").contains(&text[..8]));
        assert!(ticket.form_token().len() == text.len() && ticket.form_token() != text);
        for wrong in ["", &text[1..], &format!("{text}a"), "\u{e9}"] {
            assert!(Ticket::read(wrong).is_none(), "{wrong}");
        }
    }
}
