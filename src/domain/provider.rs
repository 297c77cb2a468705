//! Mail providers: those that carry an office's mail and tell by a request to it what became of each.

use super::words;

/// What we call a delivery in the fields that a provider hands back,
pub const DELIVERY_FIELD: &str = "kalends_delivery";
/// and in a header of the mail.
pub const DELIVERY_HEADER: &str = "X-Kalends-Delivery";

words! {
    pub enum Provider, "mail provider" {
        /// Amazon's Simple Email Service, told of by its Simple Notification Service.
        Ses => "ses",
        Postmark => "postmark",
        /// Twilio's.
        Sendgrid => "sendgrid",
        Mailgun => "mailgun",
        /// Once Sendinblue.
        Brevo => "brevo",
        Mailjet => "mailjet",
        Resend => "resend",
        /// Bird's.
        Sparkpost => "sparkpost",
    }
}

impl Provider {
    /// As it writes itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ses => "Amazon SES",
            Self::Postmark => "Postmark",
            Self::Sendgrid => "SendGrid",
            Self::Mailgun => "Mailgun",
            Self::Brevo => "Brevo",
            Self::Mailjet => "Mailjet",
            Self::Resend => "Resend",
            Self::Sparkpost => "SparkPost",
        }
    }

    /// Whose a relay is, by its host.
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_within = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        if is_within("amazonaws.com") || is_within("amazonaws.com.cn") {
            // `email-smtp.eu-central-1…`, `email-smtp-fips.us-east-1…`, and behind an endpoint of one's own network
            // `vpce-….email-smtp.eu-central-1.vpce…`. The rest of Amazon is no mail.
            return host.split('.').any(|label| label.starts_with("email-smtp")).then_some(Self::Ses);
        }
        let known: [(Self, &[&str]); 7] = [
            (Self::Postmark, &["postmarkapp.com"]),
            (Self::Sendgrid, &["sendgrid.net"]),
            (Self::Mailgun, &["mailgun.org"]),
            (Self::Brevo, &["brevo.com", "sendinblue.com"]),
            (Self::Mailjet, &["mailjet.com"]),
            (Self::Resend, &["resend.com"]),
            (Self::Sparkpost, &["sparkpostmail.com"]),
        ];
        known.into_iter().find(|(_, domains)| domains.iter().any(|domain| is_within(domain))).map(|(known, _)| known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_known_by_its_host() {
        for (host, provider) in [
            ("email-smtp.eu-central-1.amazonaws.com", Provider::Ses),
            ("email-smtp-fips.us-east-1.amazonaws.com", Provider::Ses),
            ("email-smtp.cn-north-1.amazonaws.com.cn", Provider::Ses),
            ("vpce-1.email-smtp.eu-west-1.vpce.amazonaws.com", Provider::Ses),
            ("smtp.postmarkapp.com", Provider::Postmark),
            ("smtp-broadcasts.postmarkapp.com", Provider::Postmark),
            ("SMTP.SendGrid.net.", Provider::Sendgrid),
            ("smtp.eu.mailgun.org", Provider::Mailgun),
            ("smtp-relay.brevo.com", Provider::Brevo),
            ("smtp-relay.sendinblue.com", Provider::Brevo),
            ("in-v3.mailjet.com", Provider::Mailjet),
            ("smtp.resend.com", Provider::Resend),
            ("smtp.eu.sparkpostmail.com", Provider::Sparkpost),
        ] {
            assert_eq!(Provider::of_host(host), Some(provider), "{host}");
        }
        for other in ["smtp.example.org", "notbrevo.com", "brevo.com.example.org", "s3.amazonaws.com", "", ".", "é"] {
            assert_eq!(Provider::of_host(other), None, "{other}");
        }
    }
}
