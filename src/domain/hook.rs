//! Telling other programs: what of, and in which form.

use super::{Invalid, serde_as_text, text, words};

words! {
    /// What a webhook tells.
    pub enum Topic, "event of a webhook" {
        /// A date that the public had not seen: added, or published.
        EventAdded => "event.added",
        EventChanged => "event.changed",
        /// Cancelled or removed.
        EventCancelled => "event.cancelled",
        EditionMade => "edition.made",
        /// The last of its mails has ended.
        EditionSent => "edition.sent",
        DeliveryFailed => "delivery.failed",
        SubscriberConfirmed => "subscriber.confirmed",
        /// Or was removed.
        SubscriberLeft => "subscriber.left",
        /// For a day.
        SourceFailing => "source.failing",
        /// It refuses everybody.
        RelayStopped => "relay.stopped",
        /// Somebody tries the webhook; that is told whatever it tells else.
        Test => "test",
    }
}

impl Topic {
    /// Those that a webhook may be asked for.
    pub fn wanted() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|topic| *topic != Self::Test).collect()
    }

    /// Whether it is about dates.
    pub fn is_of_event(self) -> bool {
        matches!(self, Self::EventAdded | Self::EventChanged | Self::EventCancelled)
    }
}

words! {
    /// What a webhook's other end understands.
    #[derive(Default)]
    pub enum HookFormat, "format of a webhook" {
        /// A program: JSON, signed as Standard Webhooks has it.
        #[default]
        Json => "json",
        Slack => "slack",
        Mattermost => "mattermost",
        Matrix => "matrix",
        Teams => "teams",
        Ntfy => "ntfy",
        Feishu => "feishu",
        Dingtalk => "dingtalk",
        Wecom => "wecom",
    }
}

/// What becomes of a format's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretUse {
    /// There must be one.
    Needed,
    May,
    /// There is none: the address is all that proves who tells.
    None,
}

impl HookFormat {
    pub fn secret(self) -> SecretUse {
        match self {
            Self::Json | Self::Matrix => SecretUse::Needed,
            Self::Ntfy | Self::Feishu | Self::Dingtalk => SecretUse::May,
            Self::Slack | Self::Mattermost | Self::Teams | Self::Wecom => SecretUse::None,
        }
    }
}

words! {
    /// How it stands with a message.
    pub enum MessageStatus, "status of a message" {
        Waiting => "waiting",
        Taken => "taken",
        /// Given up.
        Failed => "failed",
    }
}

/// What people know a webhook by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookName(String);

impl HookName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for HookName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for HookName {
    type Err = Invalid;

    fn from_str(given: &str) -> Result<Self, Invalid> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = (1..=40).contains(&given.len()) && given.chars().all(fits) && !given.starts_with('-');
        match is_name && !given.ends_with('-') {
            true => Ok(Self(given.to_owned())),
            false => Err(Invalid(format!(
                "`{}` is not a name of a webhook: use up to 40 small letters, digits and hyphens, such as team-chat",
                text::quoted(given)
            ))),
        }
    }
}

serde_as_text!(HookName);
