//! What can only be judged with several keys in view.

use jiff::SignedDuration;

use super::origin::{Origins, Step, path};
use super::{
    BounceConfig, Config, DkimConfig, HookProof, HooksConfig, IntakeConfig, MailConfig, SourceConfig, TransportKind,
    WebhookConfig,
};
use crate::domain::format::SourceFormat;
use crate::domain::hook::{HookFormat, SecretUse};
use crate::domain::verp::Verp;

/// What is told later than this is no news.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Once a second is as often as a source is looked at.
const SHORTEST_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// Complaints of one configuration.
struct Judge<'a>(&'a mut Origins);

impl Judge<'_> {
    /// Complains at the first of the paths, unless one of them is wrong anyway: then nobody knows what it was to be.
    fn say(&mut self, paths: &[&str], said: impl Into<String>) {
        let paths: Vec<Vec<Step>> = paths.iter().map(|text| path(text)).collect();
        if paths.iter().any(|path| self.0.is_wrong(path)) {
            return;
        }
        if let Some(first) = paths.into_iter().next() {
            self.0.complain(first, said);
        }
    }

    /// Complains of the later of two items that have the same.
    fn say_twice(&mut self, first: &str, second: &str, said: String) {
        let place = self.0.of(&path(first)).map(|origin| format!(", the first {origin}")).unwrap_or_default();
        self.say(&[second, first], format!("{said}{place}"));
    }
}

pub(super) fn judge(config: &Config, origins: &mut Origins) {
    let mut judge = Judge(origins);
    if config.feed.refresh.span().is_zero() || config.feed.refresh.duration().is_none() {
        judge.say(&["feed.refresh"], "refresh must be told in minutes, hours, days or weeks, such as 6h");
    }
    judge_bounce(&config.bounce, &config.intake, &mut judge);
    judge_intake(config, &mut judge);
    judge_hooks(&config.bounce.hooks, &mut judge);
    if !config.backup.has_interval() {
        judge.say(&["backup.every"], "every must be told in minutes, hours, days or weeks, such as 1d");
    }
    judge_mail(&config.mail, &mut judge);
    judge_sources(&config.sources, &mut judge);
    judge_webhooks(&config.webhooks, &mut judge);
    for (index, digest) in config.digests.iter().enumerate() {
        if let Some(first) = config.digests[..index].iter().position(|other| other.slug == digest.slug) {
            let said = format!("two digests have the slug `{}`", digest.slug.as_str());
            judge.say_twice(&format!("digest.{first}.slug"), &format!("digest.{index}.slug"), said);
        }
        if digest.welcome && !digest.remind_before.is_empty() {
            let said = "reminders are of one day alone: nobody is welcomed with those of another";
            judge.say(&[&format!("digest.{index}.welcome"), &format!("digest.{index}.remind_before")], said);
        }
    }
}

fn judge_hooks(hooks: &HooksConfig, judge: &mut Judge<'_>) {
    for (provider, proof) in hooks.given() {
        let place = |key: &str| format!("bounce.hooks.{provider}.{key}");
        let name = provider.name();
        match proof {
            HookProof::Topics([]) => {
                let said = "name the topics that may tell: Amazon signs for everybody, whosever a topic is";
                judge.say(&[&place("topics")], said);
            }
            HookProof::PublicKey(None) => {
                judge.say(&[&place("public_key")], format!("give the public_key that {name} signs with"));
            }
            HookProof::Secret { file: None, .. } => {
                let said = format!("give a secret_file: without it anybody could speak for {name}");
                judge.say(&[&place("secret_file")], said);
            }
            HookProof::Topics(_) | HookProof::PublicKey(_) | HookProof::Secret { .. } => {}
        }
    }
}

fn judge_bounce(bounce: &BounceConfig, intake: &IntakeConfig, judge: &mut Judge<'_>) {
    match &bounce.address {
        Some(address) => {
            if let Err(error) = Verp::check(address) {
                judge.say(&["bounce.address"], error.0);
            }
        }
        // Its doors may be there for what is forwarded alone.
        None if intake.address.is_some() => {}
        None if bounce.listen.is_some() => judge.say(
            &["bounce.listen", "bounce.address", "intake.address"],
            "listen needs an address beside it, such as bounces@example.org",
        ),
        None if bounce.mailbox.is_some() => judge.say(
            &["bounce.mailbox", "bounce.address", "intake.address"],
            "mailbox needs the address beside it whose mail arrives there, such as bounces@example.org",
        ),
        None => {}
    }
    if bounce.every.length().is_none_or(|every| !(SHORTEST_EVERY..=LONGEST_WAIT).contains(&every)) {
        judge.say(&["bounce.every"], "every is between a second and a day, such as 5m");
    }
    if bounce.mailbox.is_none() {
        for (key, is_set) in [
            ("bounce.password_file", bounce.password_file.is_some()),
            ("bounce.oauth", bounce.oauth.is_some()),
            ("bounce.ca_file", bounce.ca_file.is_some()),
        ] {
            if is_set {
                judge.say(&[key, "bounce.mailbox"], "it belongs to a mailbox, such as imaps://user@host/INBOX");
            }
        }
        return;
    }
    if bounce.password_file.is_none() && bounce.oauth.is_none() {
        judge.say(
            &["bounce.mailbox", "bounce.password_file", "bounce.oauth"],
            "a mailbox needs a password_file beside it, or oauth",
        );
    }
    if bounce.mailbox.as_ref().is_some_and(|mailbox| mailbox.folder == bounce.done_folder.as_str()) {
        judge
            .say(&["bounce.done_folder", "bounce.mailbox"], "what was understood moves to another folder than its own");
    }
}

fn judge_intake(config: &Config, judge: &mut Judge<'_>) {
    let Some(address) = &config.intake.address else { return };
    if let Err(error) = Verp::check(address) {
        judge.say(&["intake.address"], error.0);
    }
    if config.bounce.address.as_ref().is_some_and(|bounces| bounces.key() == address.key()) {
        let said = "bounces come back to this address: forwarded mails need another, such as intake@example.org";
        judge.say(&["intake.address", "bounce.address"], said);
    }
}

fn judge_mail(mail: &MailConfig, judge: &mut Judge<'_>) {
    if mail.transport == TransportKind::Smtp && mail.relays.is_empty() {
        let said = "transport is \"smtp\", but there is no [[mail.relay]] with a url";
        judge.say(&["mail.transport", "mail.relay"], said);
    }
    if !mail.from.address.as_str().is_ascii() {
        judge.say(&["mail.from"], "the sender's address must be ASCII: many servers take no other");
    }
    if mail.reply_to.as_ref().is_some_and(|reply_to| !reply_to.address.as_str().is_ascii()) {
        judge.say(&["mail.reply_to"], "the address of reply_to must be ASCII: many servers can't answer to another");
    }
    for (index, relay) in mail.relays.iter().enumerate() {
        let [username, password, file] =
            ["username", "password", "password_file"].map(|key| format!("mail.relay.{index}.{key}"));
        if relay.password.is_some() && relay.password_file.is_some() {
            judge.say(&[&password, &file], "give password or password_file, not both");
        }
        let said = "a login needs username and password (or password_file)";
        match (&relay.username, &relay.password, &relay.password_file) {
            (Some(_), None, None) => judge.say(&[&username, &password, &file], said),
            (None, Some(_), _) => judge.say(&[&password, &username], said),
            (None, None, Some(_)) => judge.say(&[&file, &username], said),
            _ => {}
        }
    }
    // One key is a table, several are a list of them.
    let is_list = judge.0.knows(&path("mail.dkim.0"));
    let place = |index: usize, key: &str| match is_list {
        true => format!("mail.dkim.{index}.{key}"),
        false => format!("mail.dkim.{key}"),
    };
    for (index, key) in mail.dkim.iter().enumerate() {
        let (selector, domain) = (place(index, "selector"), place(index, "domain"));
        if mail.from.address.as_str().ends_with("@localhost") && key.domain.is_none() {
            judge.say(&[&domain, "mail.from"], "localhost has no DNS to publish a key in: give a domain");
        }
        let same =
            |other: &DkimConfig| other.selector == key.selector && mail.dkim_domain(other) == mail.dkim_domain(key);
        if let Some(first) = mail.dkim[..index].iter().position(same) {
            let said = format!("two DKIM keys have the selector {}: one record, one key", key.selector);
            judge.say_twice(&place(first, "selector"), &selector, said);
        }
    }
}

fn judge_sources(sources: &[SourceConfig], judge: &mut Judge<'_>) {
    for (index, source) in sources.iter().enumerate() {
        let place = |index: usize, key: &str| format!("source.{index}.{key}");
        if source.every.length().is_none_or(|every| every < SHORTEST_EVERY) {
            judge.say(
                &[&place(index, "every")],
                "every must be told in seconds, minutes, hours, days or weeks, such as 6h",
            );
        }
        if source.follow && source.format != Some(SourceFormat::Feed) {
            let said = "follow is for feeds, whose items link to pages: set format = \"feed\", or leave it out";
            judge.say(&[&place(index, "follow"), &place(index, "format")], said);
        }
        if let Some(first) = sources[..index].iter().position(|other| other.url == source.url) {
            let said = format!("two sources have the url of {}", source.url.server());
            judge.say_twice(&place(first, "url"), &place(index, "url"), said);
        }
        let same = |other: &SourceConfig| source.given_name.is_some() && other.given_name == source.given_name;
        if let Some(first) = sources[..index].iter().position(same) {
            let said = format!("two sources have the name {}", source.name());
            judge.say_twice(&place(first, "name"), &place(index, "name"), said);
        }
    }
}

fn judge_webhooks(webhooks: &[WebhookConfig], judge: &mut Judge<'_>) {
    for (index, webhook) in webhooks.iter().enumerate() {
        let place = |index: usize, key: &str| format!("webhook.{index}.{key}");
        let (url, file, format) = (place(index, "url"), place(index, "secret_file"), place(index, "format"));
        if webhook.wait.length().is_none_or(|wait| wait > LONGEST_WAIT) {
            judge.say(&[&place(index, "wait")], "wait is a day at most, such as 1m, or 0s to tell each thing at once");
        }
        match (webhook.format.secret(), &webhook.secret_file) {
            (SecretUse::Needed, None) if webhook.format == HookFormat::Json => {
                let said =
                    "messages in JSON are signed: give a secret_file with whsec_ and 24 octets or more in base64";
                judge.say(&[&url, &file, &format], said);
            }
            (SecretUse::Needed, None) => {
                judge.say(&[&url, &file, &format], "a Matrix room needs a secret_file with the access token");
            }
            (SecretUse::None, Some(_)) => {
                let said = format!("{} knows no secret but its address: leave secret_file out", webhook.format);
                judge.say(&[&file, &format], said);
            }
            _ => {}
        }
        if let Some(first) = webhooks[..index].iter().position(|other| other.name == webhook.name) {
            let said = format!("two webhooks have the name {}", webhook.name);
            judge.say_twice(&place(first, "name"), &place(index, "name"), said);
        }
    }
}
