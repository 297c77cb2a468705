//! What goes before a mail for the relay that it is handed to, and for no other: by it the provider's reports name the
//! delivery. Some give a mail another envelope sender and Message-ID, so that nothing else comes back.

use crate::domain::provider::{DELIVERY_FIELD as FIELD, DELIVERY_HEADER, Provider};

/// The header fields for this provider, with CRLF line ends. `mark` is the delivery's; it says nothing of the reader, since
/// some of these fields stay in the mail, and staff of the provider sees them.
///
/// What the provider would do to the mail beside carrying it, such as counting who opens it, is switched off where a field
/// does that.
pub fn fields(provider: Provider, mark: &str) -> String {
    match provider {
        // Both hand back the header of the mail.
        Provider::Ses | Provider::Resend => format!("{DELIVERY_HEADER}: {mark}\r\n"),
        Provider::Postmark => format!("X-PM-Metadata-{FIELD}: {mark}\r\nX-PM-KeepID: true\r\n"),
        // Lines may break where JSON has space. One such field counts, and its values are to be texts.
        Provider::Sendgrid => format!(
            "X-SMTPAPI: {{\"unique_args\": {{\"{FIELD}\": \"{mark}\"}},\r\n \"filters\": {{\"clicktrack\": {off},\r\n \
             \"opentrack\": {off},\r\n \"subscriptiontrack\": {off}}}}}\r\n",
            off = "{\"settings\": {\"enable\": 0}}"
        ),
        Provider::Mailgun => {
            format!("X-Mailgun-Variables: {{\"{FIELD}\": \"{mark}\"}}\r\nX-Mailgun-Track: no\r\n")
        }
        Provider::Brevo => format!("X-Mailin-custom: {{\"{FIELD}\": \"{mark}\"}}\r\n"),
        Provider::Mailjet => format!("X-MJ-CustomID: {mark}\r\n"),
        Provider::Sparkpost => format!(
            "X-MSYS-API: {{\"metadata\": {{\"{FIELD}\": \"{mark}\"}},\r\n \"options\": {{\"open_tracking\": false, \
             \"click_tracking\": false}}}}\r\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_gets_the_mark_in_a_field_of_its_own() {
        for provider in Provider::ALL {
            let fields = fields(*provider, "bae5c2");
            assert!(fields.ends_with("\r\n") && fields.matches("bae5c2").count() == 1, "{fields}");
            // Folded lines go on with a space; each is short, and none is empty.
            for line in fields.strip_suffix("\r\n").unwrap().split("\r\n") {
                assert!(line.len() < 79 && (line.starts_with(' ') || line.starts_with("X-")), "{line}");
            }
            let json = fields.replace("\r\n ", " ");
            let json = json.lines().next().unwrap().split_once(": ").unwrap().1;
            if json.starts_with('{') {
                let value: serde_json::Value = serde_json::from_str(json).unwrap();
                assert!(value.to_string().contains("\"kalends_delivery\":\"bae5c2\""), "{value}");
            }
        }
    }
}
