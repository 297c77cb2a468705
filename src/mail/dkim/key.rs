//! The keys that sign: reading and making them, and what DNS has to say of them.

use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use data_encoding::BASE64;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::config::DkimConfig;
use crate::domain::words;

words! {
    pub enum KeyType, "type of key" {
        Rsa => "rsa",
        Ed25519 => "ed25519",
    }
}

/// A private key with the place in DNS where its public half belongs.
pub struct Key {
    domain: String,
    selector: String,
    pair: Pair,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// What a file with a key should hold, for errors.
const RIGHT: &str =
    "it must hold a private key in PEM: RSA of 2048 to 4096 bits (PKCS#8 or PKCS#1) or Ed25519 (PKCS#8)";

impl Key {
    /// Reads a key's file; an error names it and says what would be right.
    pub fn read(config: &DkimConfig, domain: &str) -> Result<Self, String> {
        let pair = Pair::read(&config.key_file)?;
        Ok(Self { domain: domain.to_owned(), selector: config.selector.to_string(), pair })
    }

    /// The same for a key that the configuration does not name.
    pub fn read_file(path: &Path, domain: &str, selector: &str) -> Result<Self, String> {
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), pair: Pair::read(path)? })
    }

    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// The signature's a= (RFC 6376 section 3.3, RFC 8463 section 3).
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "rsa-sha256",
            Pair::Ed25519(_) => "ed25519-sha256",
        }
    }

    pub fn key_type(&self) -> KeyType {
        match self.pair {
            Pair::Rsa(_) => KeyType::Rsa,
            Pair::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// `RSA, 2048 bits` or `Ed25519`.
    pub fn description(&self) -> String {
        match &self.pair {
            Pair::Rsa(pair) => format!("RSA, {} bits", pair.public_modulus_len() * 8),
            Pair::Ed25519(_) => "Ed25519".to_owned(),
        }
    }

    /// Where verifiers look for the public key (RFC 6376 section 3.6.2.1).
    pub fn dns_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// What they must find there (RFC 6376 section 3.6.1, RFC 8463 section 4).
    pub fn dns_value(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.key_type(), self.public_key())
    }

    /// The p= of the record.
    pub fn public_key(&self) -> String {
        match &self.pair {
            // As a SubjectPublicKeyInfo, which is what everybody publishes; it can't fail for a key that was read.
            Pair::Rsa(pair) => {
                let der: Result<PublicKeyX509Der<'_>, _> = pair.public_key().as_der();
                der.map(|der| BASE64.encode(der.as_ref())).unwrap_or_default()
            }
            Pair::Ed25519(pair) => BASE64.encode(pair.public_key().as_ref()),
        }
    }

    pub(super) fn sign(&self, input: &[u8]) -> Result<Vec<u8>, ()> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature).map_err(|_| ())?;
                Ok(signature)
            }
            // RFC 8463 section 3: what Ed25519 signs is the hash.
            Pair::Ed25519(pair) => {
                let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, input);
                pair.try_sign(hash.as_ref()).map(|signature| signature.as_ref().to_vec()).map_err(|_| ())
            }
        }
    }
}

impl Pair {
    fn read(path: &Path) -> Result<Self, String> {
        let file = path.display();
        let pem = std::fs::read(path).map_err(|e| format!("can't read the DKIM key {file}: {e}"))?;
        Self::from_pem(&pem).map_err(|what| format!("the DKIM key {file} can't be used: {what}"))
    }

    fn from_pem(pem: &[u8]) -> Result<Self, String> {
        if pem.windows(9).any(|w| w == b"ENCRYPTED") {
            return Err(format!("it is encrypted with a password; {RIGHT}"));
        }
        match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(der)) => {
                let der = der.secret_pkcs8_der();
                match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    Ok(pair) => Ok(Self::Ed25519(pair)),
                    Err(_) => Self::rsa(RsaKeyPair::from_pkcs8(der)),
                }
            }
            Ok(PrivateKeyDer::Pkcs1(der)) => Self::rsa(RsaKeyPair::from_der(der.secret_pkcs1_der())),
            Ok(_) => Err(format!("it is for elliptic curves that DKIM does not know; {RIGHT}")),
            Err(_) => Err(format!("there is no private key in it; {RIGHT}")),
        }
    }

    fn rsa(read: Result<RsaKeyPair, KeyRejected>) -> Result<Self, String> {
        match read {
            Ok(pair) if pair.public_modulus_len() > 512 => Err(format!(
                "it has {} bits, and verifiers need not take more than 4096 (RFC 8301); {RIGHT}",
                pair.public_modulus_len() * 8
            )),
            Ok(pair) => Ok(Self::Rsa(Box::new(pair))),
            Err(rejected) if rejected.to_string() == "TooSmall" => {
                Err(format!("it has fewer than 2048 bits, which mailbox providers trust less or not at all; {RIGHT}"))
            }
            Err(_) => Err(format!("it is neither RSA nor Ed25519, or damaged; {RIGHT}")),
        }
    }
}

/// A new private key in PEM (PKCS#8). `bits` are those of RSA: 2048, 3072 or 4096.
pub fn generate(kind: KeyType, bits: u16) -> Result<String, String> {
    let failed = |_| "no key could be made: the system gives no random numbers".to_owned();
    let der: Pkcs8V1Der<'static> = match kind {
        KeyType::Ed25519 => Ed25519KeyPair::generate().and_then(|pair| pair.as_der()).map_err(failed)?,
        KeyType::Rsa => {
            let size = match bits {
                2048 => KeySize::Rsa2048,
                3072 => KeySize::Rsa3072,
                4096 => KeySize::Rsa4096,
                n => return Err(format!("an RSA key of {n} bits can't be made: use 2048, 3072 or 4096")),
            };
            RsaKeyPair::generate(size).and_then(|pair| pair.as_der()).map_err(failed)?
        }
    };
    let base64 = BASE64.encode(der.as_ref());
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}
