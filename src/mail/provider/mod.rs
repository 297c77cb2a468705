//! What mail providers post of the mails that they carried for us: whether it is theirs, and what it says. Pure, for any
//! octets and any headers; the clock and what was fetched come from the caller.
//!
//! | provider | proved by | set up at the provider |
//! | --- | --- | --- |
//! | SES | Amazon's signature, and the topic's name | a topic of SNS, subscribed by HTTPS without raw delivery |
//! | Postmark | login | a webhook to `https://postmark:SECRET@…` |
//! | SendGrid | signature, by the key that its "Signed Event Webhook" shows | an event webhook, signed |
//! | Mailgun | signature of time and token, by the "HTTP webhook signing key" | webhooks of the domain |
//! | Brevo | token ("Bearer"), or a login | a transactional webhook |
//! | Mailjet | login | an event trigger to `https://mailjet:SECRET@…` |
//! | Resend | signature of Standard Webhooks, by its `whsec_…` | a webhook |
//! | SparkPost | login | a webhook with "basic" authentication |
//!
//! What a provider calls permanent is often not about the address: where it says so itself, or where the text of the
//! server that it hands on says so ([`crate::domain::reply`]), nothing counts against anybody.

mod body;
mod brevo;
mod credentials;
mod entry;
mod judged;
mod mailgun;
mod mailjet;
mod postmark;
mod resend;
mod sendgrid;
mod ses;
mod sns;
mod sparkpost;

use hyper::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::domain::bounce::Class;
use crate::domain::provider::Provider;
use crate::domain::status::Status;
pub use credentials::Credentials;
use entry::Entry;

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    /// The time by our clock.
    pub at: Timestamp,
}

/// Why a request is refused, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// It is not proved whose it is (401).
    Unproved(String),
    /// It can't be read (400).
    Unreadable(String),
    /// More than is read (413).
    TooLong(String),
}

/// What a proved request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Whether the events themselves are signed. If not, somebody who saw the secret once may have made them up.
    pub is_signed: bool,
    /// Of a signature that covers no event: what it may be taken for once.
    pub replay: Option<Replay>,
    /// In the order of the body.
    pub events: Vec<Event>,
    /// To be fetched once, since it confirms that a configured topic tells us.
    pub confirm: Option<Url>,
    /// What an operator should know of the way itself, in a sentence.
    pub notice: Option<&'static str>,
}

/// A signature that covers no event carries any: it counts for the event that it came with first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The signature, the same whenever it comes.
    pub token: String,
    /// What came under it. The same again is the provider's new try; anything else under that token is forged.
    pub content: String,
}

/// What a provider says of one mail to one address. All text is a stranger's, on one line and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Tells it from others of its provider: the same however often and by whatever channel it comes.
    pub key: String,
    pub what: What,
    /// As it is told.
    pub address: Option<String>,
    pub status: Option<Status>,
    /// What the server said, or of an unknown event its name.
    pub diagnostic: Option<String>,
    /// The token of the delivery that we set. It names a delivery, and proves nothing of another address.
    pub delivery: Option<String>,
    /// Our envelope sender, where it comes back.
    pub envelope_sender: Option<String>,
    /// Our Message-ID, without brackets. Some put their own in its place.
    pub message_id: Option<String>,
    /// The provider's name for the mail.
    pub relay_id: Option<String>,
    /// When it happened, by the provider's clock.
    pub at: Option<Timestamp>,
    /// As it came, of what is unknown.
    pub raw: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Report {
        class: Class,
        /// Whether it is about the address.
        counts: bool,
    },
    Delivered,
    /// The reader left by the provider's own way out.
    Left,
    /// Known, and nothing to us: an open, a click, an automatic reply.
    Nothing,
    /// Nobody can say what it is: kept and shown, never acted on.
    Unknown,
}

/// Where the certificate is that proves a request, to be fetched and given to [`read`]. None if none is needed. What can be
/// refused without it is refused here, so that nothing is fetched for a stranger.
pub fn certificate_url(posted: &Posted, credentials: &Credentials) -> Result<Option<Url>, Denied> {
    match credentials {
        Credentials::Ses(topics) => Ok(Some(sns::Message::read(posted, topics)?.certificate_url)),
        _ => Ok(None),
    }
}

/// What a request says, if it is proved. `certificate` is the PEM behind [`certificate_url`].
pub fn read(posted: &Posted, credentials: &Credentials, certificate: Option<&[u8]>) -> Result<Told, Denied> {
    if let Credentials::Ses(topics) = credentials {
        let message = sns::Message::read(posted, topics)?;
        message.prove(certificate.unwrap_or_default())?;
        return ses::read(&message);
    }
    if let Some(secret) = credentials.shown() {
        secret.prove(posted.headers)?;
    }
    let octets = body::octets(posted.headers, posted.body)?;
    let (mut is_signed, mut id) = (false, String::new());
    match credentials {
        Credentials::Mailgun(key) => {
            let entry = mailgun::entry(&body::media_type(posted.headers), &octets)?;
            let replay = Some(mailgun::prove(&entry, posted.at, key)?);
            return Ok(Told { is_signed, replay, events: vec![mailgun::event(&entry)], confirm: None, notice: None });
        }
        Credentials::Sendgrid(key) => {
            sendgrid::prove(posted.headers, &octets, posted.at, key)?;
            is_signed = true;
        }
        Credentials::Resend(key) => {
            id = resend::prove(posted.headers, &octets, posted.at, key)?;
            is_signed = true;
        }
        _ => {}
    }
    let events = events(credentials.provider(), &body::text(&octets), &id)?;
    Ok(Told { is_signed, replay: None, events, confirm: None, notice: None })
}

/// What a text says, whosever it is: of SES the message inside its envelope, of the others a body. `id` is what a
/// provider calls the request, where it names nothing within.
pub fn events(provider: Provider, text: &str, id: &str) -> Result<Vec<Event>, Denied> {
    match provider {
        Provider::Ses => Ok(ses::notification(text, id)),
        Provider::Postmark => Ok(vec![postmark::event(&body::object(text)?)]),
        Provider::Mailgun => Ok(vec![mailgun::event(&body::object(text)?)]),
        Provider::Resend => Ok(vec![resend::event(&body::object(text)?, id)]),
        Provider::Sendgrid => each(text, |entry| Some(sendgrid::event(entry))),
        Provider::Brevo => each(text, |entry| Some(brevo::event(entry))),
        Provider::Mailjet => each(text, |entry| Some(mailjet::event(entry))),
        Provider::Sparkpost => each(text, sparkpost::event),
    }
}

/// The events of a batch. What is no object says nothing, and costs nothing but itself.
fn each(text: &str, event: impl Fn(&Entry) -> Option<Event>) -> Result<Vec<Event>, Denied> {
    let entries = body::entries(text)?;
    Ok(entries
        .iter()
        .filter_map(|entry| match entry.value.is_object() {
            true => event(entry),
            false => Some(entry.unknown("an entry that can't be read", entry.key(&[None]))),
        })
        .collect())
}

/// By how much a provider's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

fn in_time(signed: Option<Timestamp>, now: Timestamp, oldest: SignedDuration) -> Result<(), Denied> {
    let Some(signed) = signed else {
        return Err(Denied::Unproved("the time of the signature can't be read".into()));
    };
    match now.duration_since(signed) {
        age if age > oldest => Err(Denied::Unproved(format!("it was signed at {signed}, too long ago"))),
        age if age < -AHEAD => Err(Denied::Unproved(format!("it was signed for {signed}, which is not yet"))),
        _ => Ok(()),
    }
}

/// A header that is to be there once.
fn one_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Denied> {
    let mut values = headers.get_all(name).iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(value), None) => Ok(value.trim()),
        _ => Err(Denied::Unproved(format!("the header {name} is to be there once, as text"))),
    }
}

#[cfg(test)]
mod tests;
