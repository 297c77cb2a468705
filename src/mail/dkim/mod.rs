//! Signing mail (DKIM, RFC 6376), so that a mailbox provider can tell who sent it and that nobody changed it.

pub mod key;
pub mod signers;

use data_encoding::BASE64;
use jiff::Timestamp;
use mail_auth::common::crypto::HashAlgorithm;
use mail_auth::dkim::Canonicalization;

use crate::config::MailConfig;
use key::{Key, KeyType};

/// What is signed, in the order of the signature's h=. Each name stands there once more than the message has the
/// field, so that none can be added on the way either (RFC 6376 section 8.15).
const SIGNED: [&str; 13] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
];

/// What Amazon SES writes anew in each mail, so that it must not be signed there.
const REWRITTEN: [&str; 2] = ["Date", "Message-ID"];

/// Relays are careless with white space and the case of names: neither may break a signature (RFC 6376 section 3.4).
const RELAXED: Canonicalization = Canonicalization::Relaxed;
const WIDTH: usize = 76;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the message can't be signed: no empty line ends its header")]
    NoHeader,
    #[error("the message can't be signed: it has no From")]
    NoFrom,
    #[error("the message can't be signed with the DKIM key {0}")]
    Key(String),
}

/// Signs mail with each key of the configuration; without one it signs nothing.
pub struct Signer {
    keys: Vec<Key>,
    /// A relay gives mails another Date and Message-ID: a signature over them would be broken there.
    is_rewritten: bool,
}

/// A header field: its name, and all after the colon, CRLF included.
type Field<'a> = (&'a [u8], &'a [u8]);

impl Signer {
    /// Reads the key files; an error names the file and says what would be right.
    pub fn new(mail: &MailConfig) -> Result<Self, String> {
        let read = |config| Key::read(config, mail.dkim_domain(config));
        let keys = mail.dkim.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { keys, is_rewritten: mail.has_fields_rewritten() })
    }

    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether it signs with the same keys.
    pub fn is_like(&self, other: &Self) -> bool {
        let keys = |signer: &Self| signer.keys.iter().map(|key| (key.dns_name(), key.dns_value())).collect::<Vec<_>>();
        self.is_rewritten == other.is_rewritten && keys(self) == keys(other)
    }

    /// Whether signing takes much longer than what else is done for a message: RSA-2048 keeps a processor busy for some
    /// 0.3 ms, Ed25519 for 0.03 ms.
    pub fn takes_long(&self) -> bool {
        self.keys.iter().any(|key| key.key_type() == KeyType::Rsa)
    }

    /// The header fields to put before the message: one signature for each key.
    ///
    /// `message` are the octets that go on the wire, with CRLF line ends; nothing may change in them after.
    pub fn sign(&self, message: &[u8], now: Timestamp) -> Result<Vec<u8>, Error> {
        if self.keys.is_empty() {
            return Ok(Vec::new());
        }
        let (fields, body) = split(message)?;
        let (names, signed) = covered(&fields, self.is_rewritten)?;
        let mut head = Vec::with_capacity(1024);
        RELAXED.canonicalize_headers(signed.into_iter(), &mut head);
        let body_hash = BASE64.encode(HashAlgorithm::Sha256.hash(RELAXED.canonical_body(body, 0)).as_ref());

        let mut signatures = Vec::new();
        for key in &self.keys {
            let mut field = key.unsigned_field(&names, &body_hash, now);
            let mut input = head.clone();
            RELAXED.canonicalize_headers(std::iter::once((FIELD_NAME.as_bytes(), field.text.as_bytes())), &mut input);
            // RFC 6376 section 3.7: the signature's own field counts without its CRLF.
            input.truncate(input.len() - 2);
            let signature = key.sign(&input).map_err(|()| Error::Key(key.dns_name()))?;
            field.text.truncate(field.text.trim_end().len());
            field.flow(&BASE64.encode(&signature));
            signatures.extend_from_slice(format!("{FIELD_NAME}:{}\r\n", field.text).as_bytes());
        }
        Ok(signatures)
    }
}

const FIELD_NAME: &str = "DKIM-Signature";

impl Key {
    /// The field after its colon, with an empty b= (RFC 6376 section 3.5) and its CRLF.
    fn unsigned_field(&self, names: &[&str], body_hash: &str, now: Timestamp) -> Folded {
        let mut field = Folded { text: String::with_capacity(1024), column: FIELD_NAME.len() + 1 };
        field.word("v=1;");
        field.word(&format!("a={};", self.algorithm()));
        field.word("c=relaxed/relaxed;");
        field.word(&format!("d={};", self.domain()));
        field.word(&format!("s={};", self.selector()));
        field.word(&format!("t={};", now.as_second()));
        let last = names.len() - 1;
        for (index, name) in names.iter().enumerate() {
            let end = if index == last { ';' } else { ':' };
            match index {
                0 => field.word(&format!("h={name}{end}")),
                _ => field.piece(&format!("{name}{end}"), ""),
            }
        }
        field.word(&format!("bh={body_hash};"));
        field.word("b=");
        field.text.push_str("\r\n");
        field
    }
}

/// The value of a field that is folded as it grows.
struct Folded {
    text: String,
    column: usize,
}

impl Folded {
    fn word(&mut self, word: &str) {
        self.piece(word, " ");
    }

    /// Adds a piece after `joint`, or on the next line if it does not fit on this one.
    fn piece(&mut self, piece: &str, joint: &str) {
        if self.column + joint.len() + piece.len() > WIDTH {
            self.text.push_str("\r\n ");
            self.column = 1;
        } else {
            self.text.push_str(joint);
            self.column += joint.len();
        }
        self.text.push_str(piece);
        self.column += piece.len();
    }

    /// Adds text that may be broken anywhere.
    fn flow(&mut self, mut text: &str) {
        while !text.is_empty() {
            let room = WIDTH.saturating_sub(self.column);
            let (part, rest) = text.split_at(room.min(text.len()));
            self.text.push_str(part);
            self.column += part.len();
            text = rest;
            if !text.is_empty() {
                self.text.push_str("\r\n ");
                self.column = 1;
            }
        }
    }
}

/// The fields of the header, from the top, and the body.
fn split(message: &[u8]) -> Result<(Vec<Field<'_>>, &[u8]), Error> {
    let mut fields = Vec::with_capacity(20);
    let mut rest = message;
    while !rest.starts_with(b"\r\n") {
        // A line that begins with white space belongs to the field before it.
        let end = rest
            .windows(3)
            .position(|w| w.starts_with(b"\r\n") && !matches!(w[2], b' ' | b'\t'))
            .map(|at| at + 2)
            .ok_or(Error::NoHeader)?;
        let (field, next) = rest.split_at(end);
        let colon = field.iter().position(|octet| *octet == b':').ok_or(Error::NoHeader)?;
        fields.push((&field[..colon], &field[colon + 1..]));
        rest = next;
    }
    Ok((fields, &rest[2..]))
}

/// The names for h= and the fields that stand behind them. Of several fields with a name the last is the first to be
/// signed (RFC 6376 section 5.4.2). What is rewritten on the way is left out if `is_rewritten`.
fn covered<'a>(fields: &[Field<'a>], is_rewritten: bool) -> Result<(Vec<&'static str>, Vec<Field<'a>>), Error> {
    let (mut names, mut signed) = (Vec::with_capacity(2 * SIGNED.len()), Vec::with_capacity(SIGNED.len()));
    for name in SIGNED.into_iter().filter(|name| !is_rewritten || !REWRITTEN.contains(name)) {
        let with_name = |(found, _): &&Field<'a>| found.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes());
        let before = signed.len();
        signed.extend(fields.iter().rev().filter(with_name));
        if name == "From" && signed.is_empty() {
            return Err(Error::NoFrom);
        }
        names.extend(std::iter::repeat_n(name, signed.len() - before + 1));
    }
    Ok((names, signed))
}

#[cfg(test)]
mod tests;
