//! How a message proves whose it is.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What stands before a secret of Standard Webhooks.
const PREFIX: &str = "whsec_";

/// The key of Standard Webhooks that a secret holds.
pub fn key(secret: &str) -> Result<Vec<u8>, String> {
    let wrong = || {
        format!(
            "it is not `{PREFIX}` and 24 to 64 octets in base64: `echo {PREFIX}$(openssl rand -base64 32)` makes one"
        )
    };
    let key = secret.strip_prefix(PREFIX).and_then(|text| BASE64.decode(text.as_bytes()).ok());
    key.filter(|key| (24..=64).contains(&key.len())).ok_or_else(wrong)
}

/// `webhook-signature` of Standard Webhooks.
pub fn standard(key: &[u8], id: &str, seconds: i64, body: &str) -> String {
    format!("v1,{}", mac(key, format!("{id}.{seconds}.{body}").as_bytes()))
}

/// Of Feishu: its key is what others sign, and nothing is signed with it.
pub fn feishu(secret: &str, seconds: i64) -> String {
    mac(format!("{seconds}\n{secret}").as_bytes(), b"")
}

/// Of DingTalk, by milliseconds.
pub fn dingtalk(secret: &str, milliseconds: i64) -> String {
    mac(secret.as_bytes(), format!("{milliseconds}\n{secret}").as_bytes())
}

/// HMAC-SHA256 in base64.
fn mac(key: &[u8], octets: &[u8]) -> String {
    // HMAC takes keys of any length (RFC 2104 section 2).
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(octets);
    BASE64.encode(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_libraries_of_standard_webhooks_do_it() {
        // The example of its specification's libraries.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = standard(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
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

    #[test]
    fn feishu_and_dingtalk_sign_the_other_way_round() {
        assert_eq!(feishu("hush", 1_600_000_000), FEISHU);
        assert_eq!(dingtalk("hush", 1_600_000_000_000), DINGTALK);
    }

    /// By Python's hmac.
    const FEISHU: &str = "VDHmm5rkDKXOs2vbr118cnX8FoUC+K2yHmSBJ6AYS1U=";
    const DINGTALK: &str = "gPp9hYe+/Sr2+UOcB4DrVaNvRZ+H8QUd3H5oSQ5vozo=";
}
