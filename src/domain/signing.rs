//! Standard Webhooks: how a request proves whose it is.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What stands before a secret.
const PREFIX: &str = "whsec_";

/// The key that a secret holds.
pub fn key(secret: &str) -> Result<Vec<u8>, String> {
    let wrong = || {
        format!(
            "it is not `{PREFIX}` and 24 to 64 octets in base64: `echo {PREFIX}$(openssl rand -base64 32)` makes one"
        )
    };
    let key = secret.strip_prefix(PREFIX).and_then(|text| BASE64.decode(text.as_bytes()).ok());
    key.filter(|key| (24..=64).contains(&key.len())).ok_or_else(wrong)
}

/// `webhook-signature`.
pub fn standard(key: &[u8], id: &str, seconds: i64, body: &[u8]) -> String {
    let message = [format!("{id}.{seconds}.").as_bytes(), body].concat();
    format!("v1,{}", BASE64.encode(&mac(key, &message)))
}

/// HMAC-SHA256.
pub fn mac(key: &[u8], octets: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length (RFC 2104 section 2).
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(octets);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_libraries_of_standard_webhooks_do_it() {
        // The example of its specification's libraries.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = standard(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_24_to_64_octets() {
        for (octets, is_right) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(key(&format!("whsec_{}", BASE64.encode(&vec![7; octets]))).is_ok(), is_right, "{octets}");
        }
        for wrong in ["", "hush", "whsec_", "whsec_***", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let error = key(wrong).unwrap_err();
            assert!(error.contains("openssl rand") && !error.contains("hush"), "{error}");
        }
    }
}
