//! Whether a mail is signed by a domain, so that it says who wrote it, to whom and when (RFC 6376 section 6).

use std::time::Duration;

use mail_auth::common::crypto::Algorithm;
use mail_auth::dkim::Signature;
use mail_auth::{AuthenticatedMessage, DkimResult};

use super::lookup::Lookup;
use crate::domain::dns::tag;

/// What a signature must cover, and of which there must be one each: a second one that is put before it would be shown
/// instead.
const COVERED: [&str; 3] = ["From", "To", "Date"];
/// As many of a mail's signatures are looked at.
const MOST: usize = 4;
const LIMIT: Duration = Duration::from_secs(10);

/// What the signatures of a mail come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The domain signed it. The signatures themselves: a mail that comes again has the same.
    Signed(Vec<Vec<u8>>),
    Not,
    /// Nobody can know for now: why.
    Unknown(String),
}

/// Whether `domain` signed this mail, whole, with From, To and Date.
pub async fn signed_by(octets: &[u8], domain: &str, lookup: &Lookup) -> Verified {
    let Some(mut message) = AuthenticatedMessage::parse(octets) else { return Verified::Not };
    let times = |name: &str| {
        message.headers.iter().filter(|(known, _)| known.trim_ascii().eq_ignore_ascii_case(name.as_bytes())).count()
    };
    if COVERED.iter().any(|name| times(name) != 1) {
        return Verified::Not;
    }
    message.dkim_headers.retain(|signature| is_good_enough(&signature.header, domain));
    message.dkim_headers.truncate(MOST);
    message.errors.clear();
    if message.dkim_headers.is_empty() {
        return Verified::Not;
    }
    let authenticator = lookup.authenticator();
    let Ok(outcomes) = tokio::time::timeout(LIMIT, authenticator.verify_dkim(&message)).await else {
        return Verified::Unknown("the name server does not answer in time".into());
    };
    let (mut signed, mut unknown) = (Vec::new(), None);
    for outcome in &outcomes {
        match (outcome.result(), outcome.signature()) {
            (DkimResult::Pass, Some(signature)) => match is_a_test(signature, lookup).await {
                Ok(true) => {}
                Ok(false) => signed.push(signature.b.clone()),
                Err(error) => unknown = Some(error),
            },
            (DkimResult::TempError(error), _) => unknown = Some(error.to_string()),
            _ => {}
        }
    }
    match (signed.is_empty(), unknown) {
        (false, _) => Verified::Signed(signed),
        (true, Some(why)) => Verified::Unknown(why),
        (true, None) => Verified::Not,
    }
}

/// By that domain and of what must be signed; SHA-1 proves nothing any more (RFC 8301 section 3.1).
fn is_good_enough(signature: &Signature, domain: &str) -> bool {
    signature.d.eq_ignore_ascii_case(domain)
        && signature.a != Algorithm::RsaSha1
        && COVERED.iter().all(|name| signature.h.iter().any(|signed| signed.eq_ignore_ascii_case(name)))
}

/// Who tries signing out wants no mail to be taken for signed (RFC 6376 section 3.6.1, `t=y`).
async fn is_a_test(signature: &Signature, lookup: &Lookup) -> Result<bool, String> {
    let records = lookup.texts(&format!("{}._domainkey.{}", signature.s, signature.d)).await?;
    let flags = records.iter().filter_map(|record| tag(record, "t"));
    Ok(flags.flat_map(|flags| flags.split(':')).any(|flag| flag.trim() == "y"))
}
