//! How a message proves whose it is to a chat. Other programs get it by Standard Webhooks (`domain::signing`).

use data_encoding::BASE64;

use crate::domain::signing::mac;

/// Of Feishu: its key is what others sign, and nothing is signed with it.
pub fn feishu(secret: &str, seconds: i64) -> String {
    BASE64.encode(&mac(format!("{seconds}\n{secret}").as_bytes(), b""))
}

/// Of DingTalk, by milliseconds.
pub fn dingtalk(secret: &str, milliseconds: i64) -> String {
    BASE64.encode(&mac(secret.as_bytes(), format!("{milliseconds}\n{secret}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feishu_and_dingtalk_sign_the_other_way_round() {
        assert_eq!(feishu("hush", 1_600_000_000), FEISHU);
        assert_eq!(dingtalk("hush", 1_600_000_000_000), DINGTALK);
    }

    /// By Python's hmac.
    const FEISHU: &str = "VDHmm5rkDKXOs2vbr118cnX8FoUC+K2yHmSBJ6AYS1U=";
    const DINGTALK: &str = "gPp9hYe+/Sr2+UOcB4DrVaNvRZ+H8QUd3H5oSQ5vozo=";
}
