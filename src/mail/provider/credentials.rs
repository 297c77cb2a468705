//! What an operator configures, by which a provider's requests are proved.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use data_encoding::BASE64;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use sha2::{Digest, Sha256};

use super::Denied;
use crate::domain::provider::Provider;
use crate::domain::{Invalid, signing, text};

/// 128 bits, if every octet is used. Nobody can tell from a secret how it was made.
const SHORTEST_SECRET: usize = 16;

/// What proves a provider's requests, judged.
#[derive(Clone)]
pub enum Credentials {
    /// The topics that may tell us, by their ARN. Amazon signs for everybody.
    Ses(Vec<String>),
    Postmark(Secret),
    Sendgrid(PublicKey),
    Mailgun(SigningKey),
    Brevo(Secret),
    Mailjet(Secret),
    Resend(SigningKey),
    Sparkpost(Secret),
}

impl Credentials {
    /// Of SES: the topics, `arn:aws:sns:eu-central-1:123456789012:name`.
    pub fn topics(arns: &[String]) -> Result<Self, Invalid> {
        match arns.iter().find(|arn| !is_topic(arn)) {
            Some(wrong) => Err(Invalid(format!(
                "`{}` is not the ARN of a topic of SNS: write one such as arn:aws:sns:eu-central-1:123456789012:returns",
                text::quoted(wrong)
            ))),
            None if arns.is_empty() => {
                Err(Invalid::new("name the topic that may tell: Amazon signs for everybody, whosever a topic is"))
            }
            None => Ok(Self::Ses(arns.to_vec())),
        }
    }

    /// Of the others: the key or secret as the provider shows it, or as it was made for it. `login` is the user name that
    /// stands before a secret; without one it is the provider's name, and of Brevo a bearer token.
    pub fn secret(provider: Provider, login: Option<&str>, given: &str) -> Result<Self, Invalid> {
        let given = given.trim();
        let takes_login =
            matches!(provider, Provider::Postmark | Provider::Brevo | Provider::Mailjet | Provider::Sparkpost);
        if login.is_some() && !takes_login {
            return Err(Invalid(format!(
                "{} signs what it tells and logs in nowhere: leave out username",
                provider.name()
            )));
        }
        Ok(match provider {
            Provider::Ses => {
                return Err(Invalid::new("Amazon SES signs what it tells and has no secret: name its topics"));
            }
            Provider::Postmark => Self::Postmark(Secret::of(login.or(Some(provider.as_str())), given)?),
            Provider::Mailjet => Self::Mailjet(Secret::of(login.or(Some(provider.as_str())), given)?),
            Provider::Sparkpost => Self::Sparkpost(Secret::of(login.or(Some(provider.as_str())), given)?),
            Provider::Brevo => Self::Brevo(Secret::of(login, given)?),
            Provider::Sendgrid => Self::Sendgrid(PublicKey::of(given)?),
            Provider::Mailgun => Self::Mailgun(SigningKey(long_enough(given)?.as_bytes().into())),
            Provider::Resend => Self::Resend(SigningKey(signing::key(given).map_err(Invalid)?)),
        })
    }

    pub fn provider(&self) -> Provider {
        match self {
            Self::Ses(_) => Provider::Ses,
            Self::Postmark(_) => Provider::Postmark,
            Self::Sendgrid(_) => Provider::Sendgrid,
            Self::Mailgun(_) => Provider::Mailgun,
            Self::Brevo(_) => Provider::Brevo,
            Self::Mailjet(_) => Provider::Mailjet,
            Self::Resend(_) => Provider::Resend,
            Self::Sparkpost(_) => Provider::Sparkpost,
        }
    }
}

impl Credentials {
    /// What each request shows, of those who sign nothing.
    pub fn shown(&self) -> Option<&Secret> {
        match self {
            Self::Postmark(secret) | Self::Brevo(secret) | Self::Mailjet(secret) | Self::Sparkpost(secret) => {
                Some(secret)
            }
            Self::Ses(_) | Self::Sendgrid(_) | Self::Mailgun(_) | Self::Resend(_) => None,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.provider())
    }
}

/// `arn:PARTITION:sns:REGION:ACCOUNT:NAME`.
fn is_topic(arn: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let parts: Vec<&str> = arn.split(':').collect();
    matches!(parts[..], ["arn", partition, "sns", region, account, name]
        if partition.starts_with("aws")
            && !region.is_empty()
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && (1..=256).contains(&name.len())
            && [partition, region, name].iter().all(|part| part.chars().all(fits)))
}

fn long_enough(given: &str) -> Result<&str, Invalid> {
    let is_plain = given.chars().all(|c| c.is_ascii_graphic());
    match given.len() >= SHORTEST_SECRET && is_plain {
        true => Ok(given),
        false => Err(Invalid(format!(
            "the secret is to be one line of at least {SHORTEST_SECRET} characters, of ASCII without spaces: `openssl \
             rand -hex 20` makes one"
        ))),
    }
}

/// A secret that the provider was told, sent with each request: one way, the one that is configured.
#[derive(Clone)]
pub struct Secret {
    /// The digest of what stands in the header: two of one length are compared, however long what came is.
    expected: [u8; 32],
    scheme: &'static str,
}

impl Secret {
    fn of(login: Option<&str>, secret: &str) -> Result<Self, Invalid> {
        let secret = long_enough(secret)?;
        match login {
            None => Ok(Self { expected: Sha256::digest(secret).into(), scheme: "bearer" }),
            Some(login) if login.is_empty() || login.contains(':') || !login.chars().all(|c| c.is_ascii_graphic()) => {
                Err(Invalid(format!(
                    "`{}` is not a user name: write one of ASCII without spaces and colons",
                    text::quoted(login)
                )))
            }
            Some(login) => Ok(Self { expected: Sha256::digest(format!("{login}:{secret}")).into(), scheme: "basic" }),
        }
    }

    /// Whether a request shows it.
    pub(super) fn prove(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let refused = |why: &str| Err(Denied::Unproved(format!("{why}: it is to be {}", self.wanted())));
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let Some(field) = fields.next() else { return refused("there is no Authorization header") };
        if fields.next().is_some() {
            return refused("there is more than one Authorization header");
        }
        let Some((scheme, shown)) = field.to_str().ok().and_then(|text| text.trim().split_once(' ')) else {
            return refused("the Authorization header can't be read");
        };
        if !scheme.eq_ignore_ascii_case(self.scheme) {
            return refused("the Authorization header is of another scheme");
        }
        let shown = match self.scheme {
            "basic" => BASE64.decode(shown.trim().as_bytes()).unwrap_or_default(),
            _ => shown.trim().as_bytes().to_vec(),
        };
        match verify_slices_are_equal(&Sha256::digest(shown), &self.expected) {
            Ok(()) => Ok(()),
            Err(_) => refused("the Authorization header shows another secret"),
        }
    }

    fn wanted(&self) -> &'static str {
        match self.scheme {
            "basic" => "Basic with the configured user name and secret",
            _ => "Bearer with the configured secret",
        }
    }

    /// For the header WWW-Authenticate of the refusal.
    pub fn challenge(&self) -> &'static str {
        match self.scheme {
            "basic" => "Basic realm=\"hooks\", charset=\"UTF-8\"",
            _ => "Bearer realm=\"hooks\"",
        }
    }
}

/// What a provider signs with, and we too.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    pub(super) fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// What shows that a provider signed.
#[derive(Clone)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// As SendGrid shows it, or as a file of PEM holds it.
    fn of(given: &str) -> Result<Self, Invalid> {
        let lines = given.lines().filter(|line| !line.starts_with("-----"));
        let text: String = lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
        let key = BASE64.decode(text.as_bytes()).ok();
        key.filter(|key| ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.as_slice()).is_ok()).map(Self).ok_or_else(
            || {
                Invalid::new(
                    "this is not a public key of SendGrid: copy the Verification Key that its Signed Event Webhook \
                     shows, such as MFkwEwYHKoZIzj0CAQYI…",
                )
            },
        )
    }

    /// Whether `signature` (DER) is of `message`.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, self.0.as_slice())
            .is_ok_and(|key| key.verify_sig(message, signature).is_ok())
    }
}
