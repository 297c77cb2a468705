//! Messages of Amazon's Simple Notification Service: whose they are. A signature of Amazon says Amazon and not whose
//! topic, so the topic's name counts too, and it is signed.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use data_encoding::BASE64;
use jiff::SignedDuration;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::server::ParsedCertificate;
use url::Url;

use super::body;
use super::entry::{Entry, time};
use super::{Denied, Posted, in_time};

/// SNS tries for an hour at most; a little more for clocks that differ.
const OLDEST: SignedDuration = SignedDuration::from_mins(65);

/// A message that is of a configured topic and of now, by its own word.
pub struct Message {
    pub entry: Entry,
    pub kind: Kind,
    rsa: &'static RsaParameters,
    pub certificate_url: Url,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Notification,
    /// A topic wants to tell us.
    Confirmation,
    /// It does not any more.
    End,
}

impl Message {
    /// Everything that can be checked without the certificate, so that nothing is fetched for a stranger.
    pub fn read(posted: &Posted, topics: &[String]) -> Result<Self, Denied> {
        let octets = body::octets(posted.headers, posted.body)?;
        let entry = body::object(&body::text(&octets))?;
        let kind = match entry.text("/Type").as_str() {
            "Notification" => Kind::Notification,
            "SubscriptionConfirmation" => Kind::Confirmation,
            "UnsubscribeConfirmation" => Kind::End,
            _ if is_raw(posted, &entry) => {
                return unproved("the message is not signed: switch raw message delivery off for this subscription");
            }
            _ => return Err(Denied::Unreadable("this is no message of Amazon SNS".into())),
        };
        let topic = entry.text("/TopicArn");
        if !topics.contains(&topic) {
            return unproved("it is of a topic that is not configured");
        }
        let rsa = match entry.text("/SignatureVersion").as_str() {
            "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            _ => return unproved("SignatureVersion is neither 1 nor 2"),
        };
        in_time(time(&entry.text("/Timestamp")), posted.at, OLDEST)?;
        let certificate_url = certificate_url(&entry.text("/SigningCertURL"))
            .ok_or_else(|| Denied::Unproved("SigningCertURL is no certificate of Amazon SNS".into()))?;
        Ok(Self { entry, kind, rsa, certificate_url })
    }

    /// Whether the key in a certificate (PEM) signed it.
    pub fn prove(&self, certificate: &[u8]) -> Result<(), Denied> {
        let key = CertificateDer::from_pem_slice(certificate).ok().and_then(|certificate| {
            Some(ParsedCertificate::try_from(&certificate).ok()?.subject_public_key_info().as_ref().to_vec())
        });
        let Some(key) = key else { return unproved("what stands at SigningCertURL is no certificate") };
        let signature = BASE64.decode(self.entry.text("/Signature").as_bytes()).unwrap_or_default();
        let key = UnparsedPublicKey::new(self.rsa, key);
        match key.verify(self.signed().as_bytes(), &signature) {
            Ok(()) => Ok(()),
            Err(_) => unproved("the signature is not of this message"),
        }
    }

    /// What is signed: name and value on lines of their own. A value may hold line ends; that the topic's name and the
    /// type stand last, and are compared as a whole, leaves no two readings of them.
    fn signed(&self) -> String {
        let names: &[&str] = match self.kind {
            Kind::Notification => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
            _ => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
        };
        names.iter().filter_map(|name| Some(format!("{name}\n{}\n", self.entry.value.get(*name)?.as_str()?))).collect()
    }

    /// Where a configured topic is confirmed.
    pub fn subscribe_url(&self) -> Result<Url, Denied> {
        let url = Url::parse(&self.entry.text("/SubscribeURL")).ok();
        let is_amazons = |url: &Url| {
            let host = url.host_str().and_then(region);
            url.scheme() == "https"
                && host.is_some()
                && url.port().is_none()
                && url.username().is_empty()
                && url.password().is_none()
                && url.path() == "/"
        };
        url.filter(is_amazons).ok_or_else(|| Denied::Unproved("SubscribeURL is no address of Amazon SNS".into()))
    }
}

fn unproved<T>(why: &str) -> Result<T, Denied> {
    Err(Denied::Unproved(why.into()))
}

/// What SES says without the envelope of SNS has no signature.
fn is_raw(posted: &Posted, entry: &Entry) -> bool {
    posted.headers.contains_key("x-amz-sns-rawdelivery")
        || entry.given("/eventType").or(entry.given("/notificationType")).is_some()
}

/// `https://sns.<region>.amazonaws.com(.cn)/SimpleNotificationService-<hex>.pem` and nothing else: at other hosts of
/// Amazon anybody may put a file.
fn certificate_url(text: &str) -> Option<Url> {
    let (host, path) = text.strip_prefix("https://")?.split_once('/')?;
    region(host)?;
    let name = path.strip_prefix("SimpleNotificationService-")?.strip_suffix(".pem")?;
    let is_name = !name.is_empty() && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_name.then(|| Url::parse(text).ok()).flatten()
}

/// The region in `sns.<region>.amazonaws.com`, or `.com.cn`.
fn region(host: &str) -> Option<&str> {
    let host = host.strip_suffix(".cn").unwrap_or(host);
    let region = host.strip_prefix("sns.")?.strip_suffix(".amazonaws.com")?;
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (!region.is_empty() && region.bytes().all(fits)).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_come_from_amazon_sns_alone() {
        let of = |host: &str, path: &str| certificate_url(&format!("https://{host}/{path}")).is_some();
        let pem = "SimpleNotificationService-0a1b.pem";
        for host in
            ["sns.eu-central-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn", "sns.us-gov-west-1.amazonaws.com"]
        {
            assert!(of(host, pem), "{host}");
        }
        for host in [
            "s3.amazonaws.com",
            "sns.s3.eu-central-1.amazonaws.com",
            "sns..amazonaws.com",
            "sns.amazonaws.com",
            "sns.eu-central-1.amazonaws.com.example.org",
            "sns.eu-central-1.amazonaws.com@example.org",
            "example.org@sns.eu-central-1.amazonaws.com",
            "sns.eu-central-1.amazonaws.com:8443",
            "sns.EU.amazonaws.com",
            "xsns.eu-central-1.amazonaws.com",
            "sns.eu-central-1.amazonaws.com.de",
        ] {
            assert!(!of(host, pem), "{host}");
        }
        for path in [
            "",
            "x.pem",
            "SimpleNotificationService-.pem",
            "SimpleNotificationService-0a1b.pem?x",
            "a/../SimpleNotificationService-0a1b.pem",
        ] {
            assert!(!of("sns.eu-central-1.amazonaws.com", path), "{path}");
        }
        assert!(certificate_url(&format!("http://sns.eu-central-1.amazonaws.com/{pem}")).is_none());
    }
}
