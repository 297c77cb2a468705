//! `kalends digest …`

use clap::{Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::output::{note, print, print_octets, table};
use super::{Context, Done, Failure, moment};
use crate::clock;
use crate::config::{Config, DigestConfig};
use crate::digest::clock::handled_ahead;
use crate::digest::draft::Draft;
use crate::digest::publish::{Occasion, Published, publish};
use crate::domain::address::EmailAddress;
use crate::domain::choice::Choice;
use crate::domain::edition::Rendered;
use crate::domain::edition::Tally;
use crate::domain::edition::{PREFERENCES_LINK, UNSUBSCRIBE_LINK};
use crate::domain::refused::{Noun, Refused};
use crate::mail::carrier::send_once;
use crate::mail::message::{Letter, List, Own};
use crate::mail::smtp::Envelope;
use crate::store::DigestState;

#[derive(Debug, Subcommand)]
pub enum DigestCommand {
    /// List the digests of the configuration
    List,
    /// Print the next moments at which a digest is due
    Schedule {
        slug: String,
        /// From this moment on [default: now]
        #[arg(long, value_name = "DATETIME")]
        from: Option<String>,
        /// How many
        #[arg(long, default_value_t = 5, value_name = "N")]
        count: usize,
    },
    /// Print what would be sent
    Preview {
        slug: String,
        /// As it would be then [default: now]
        #[arg(long, value_name = "DATETIME")]
        at: Option<String>,
        #[arg(long, value_enum, default_value = "text")]
        format: PreviewFormat,
        /// As this subscriber would get it
        #[arg(long = "as", value_name = "EMAIL")]
        reader: Option<String>,
    },
    /// Make an edition now and queue it; with --to, send a test mail to one address instead
    ///
    /// It goes to all readers at once, also where per_reader_time is configured, unless --per-reader-time is given.
    Send {
        slug: String,
        /// The moment it is for [default: now]
        #[arg(long, value_name = "DATETIME")]
        at: Option<String>,
        /// A test: one mail to this address, no edition
        #[arg(long, value_name = "EMAIL")]
        to: Option<String>,
        /// Each reader gets it when their own clock shows that moment's time, or the hour they chose; who is past it, at
        /// once
        #[arg(long, conflicts_with = "to")]
        per_reader_time: bool,
    },
    /// Show how the sending of the last edition goes
    Status { slug: Option<String> },
    /// Make no editions and send none until resumed
    Pause { slug: String },
    /// Go on
    Resume { slug: String },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PreviewFormat {
    Html,
    Text,
    Eml,
}

pub fn unknown(slug: &str) -> Failure {
    Refused::not_found(Noun::Digest, slug).into()
}

fn find<'a>(context: &'a Context, slug: &str) -> Result<&'a DigestConfig, Failure> {
    context.config.digest(slug).ok_or_else(|| unknown(slug))
}

pub async fn run(context: Context, command: &DigestCommand) -> Done {
    match command {
        DigestCommand::List => list(&context).await,
        DigestCommand::Schedule { slug, from, count } => schedule(&context, slug, from.as_deref(), *count),
        DigestCommand::Preview { slug, at, format, reader } => {
            preview(&context, slug, at.as_deref(), *format, reader.as_deref()).await
        }
        DigestCommand::Send { slug, at, to: None, per_reader_time } => {
            send(&context, slug, at.as_deref(), *per_reader_time).await
        }
        DigestCommand::Send { slug, at, to: Some(to), .. } => send_test(&context, slug, at.as_deref(), to).await,
        DigestCommand::Status { slug } => status(&context, slug.as_deref()).await,
        DigestCommand::Pause { slug } => pause(&context, slug, true).await,
        DigestCommand::Resume { slug } => pause(&context, slug, false).await,
    }
}

/// The moment in the digest's own zone, for people.
fn local(context: &Context, digest: &DigestConfig, at: Timestamp) -> String {
    in_own_zone(&context.config, digest, at)
}

fn in_own_zone(config: &Config, digest: &DigestConfig, at: Timestamp) -> String {
    let zone = config.zone_of(digest);
    format!("{} {zone}", zone.at(at).strftime("%a %Y-%m-%d %H:%M:%S"))
}

/// The next moment without an edition, while the digest is not paused. With per_reader_time, one that lies ahead may
/// have its edition already.
fn next_at(context: &Context, digest: &DigestConfig, state: &DigestState) -> Option<Timestamp> {
    let after = state.handled_until.unwrap_or(Timestamp::MIN).max(context.store.now());
    digest.schedule.next_after(after, context.config.zone_of(digest).time_zone()).filter(|_| !state.paused)
}

async fn state_of(context: &Context, digest: &DigestConfig) -> Result<DigestState, Failure> {
    Ok(context.store.digest_state(digest.slug.as_str(), handled_ahead(digest.per_reader_time)).await?)
}

/// What a clock that was wrong has left behind, or leaves undone; none if all is well.
pub(super) fn wrong_clock(config: &Config, digest: &DigestConfig, state: &DigestState) -> Option<String> {
    let slug = digest.slug.as_str();
    state.set_aside.map(|ahead| {
        format!(
            "{slug} is said to have had its editions until {}, which is ahead of now, so that a clock was wrong: this is set \
             aside until then, and the moments after {} count",
            in_own_zone(config, digest, ahead),
            state.handled_until.map_or("now".into(), |at| in_own_zone(config, digest, at)),
        )
    })
}

async fn list(context: &Context) -> Done {
    let sizes = context.store.audience_sizes().await?;
    let mut records = Vec::new();
    let mut rows = Vec::new();
    for digest in &context.config.digests {
        let slug = digest.slug.as_str();
        let state = state_of(context, digest).await?;
        let readers = sizes.iter().find(|(known, _)| known == slug).map_or(0, |(_, readers)| *readers);
        let next = next_at(context, digest, &state);
        records.push(json!({
            "slug": slug, "title": digest.title(), "description": digest.description,
            "schedule": digest.schedule.as_str(), "timezone": context.config.zone_of(digest),
            "per_reader_time": digest.per_reader_time, "paused": state.paused, "next_at": next, "subscribers": readers,
        }));
        let next = next.map_or("paused".into(), |at| local(context, digest, at));
        rows.push(vec![slug.into(), digest.title().into(), digest.schedule.to_string(), next, readers.to_string()]);
    }
    context.out.show(&records, || match rows.is_empty() {
        true => "No digest is configured: add a [[digest]] to the configuration.\n".into(),
        false => table(&["SLUG", "TITLE", "SCHEDULE", "NEXT", "READERS"], rows),
    })
}

fn schedule(context: &Context, slug: &str, from: Option<&str>, count: usize) -> Done {
    let digest = find(context, slug)?;
    let zone = context.config.zone_of(digest);
    // A moment asked from counts itself if the digest is due in it.
    let mut after = match from {
        Some(text) => moment(text, zone)? - SignedDuration::from_nanos(1),
        None => context.store.now(),
    };
    let mut moments = Vec::new();
    while let Some(next) = digest.schedule.next_after(after, zone.time_zone()).filter(|_| moments.len() < count) {
        moments.push(next);
        after = next;
    }
    let records: Vec<Value> = moments.iter().map(|at| json!({ "at": at })).collect();
    context.out.show(&records, || {
        let rows = moments.iter().map(|at| vec![local(context, digest, *at), at.to_string()]).collect();
        table(&["DUE", "UTC"], rows)
    })
}

async fn preview(context: &Context, slug: &str, at: Option<&str>, format: PreviewFormat, reader: Option<&str>) -> Done {
    let digest = find(context, slug)?;
    let reader = match reader {
        None => None,
        Some(email) => Some(context.store.subscriber(&email.parse()?).await?),
    };
    let choice = match &reader {
        None => Choice::default(),
        Some(reader) => context.store.choice(&reader.email, digest.slug.as_str()).await?,
    };
    let mail = compose(context, digest, at, &choice).await?;
    let fill = |text: &str| {
        let links = context.config.site.links();
        let (leave, preferences) = (links.unsubscribe("preview"), links.preferences("preview"));
        text.replace(UNSUBSCRIBE_LINK, &leave).replace(PREFERENCES_LINK, &preferences)
    };
    match format {
        _ if context.out.is_json() => {
            let record = json!({ "subject": mail.subject, "text": fill(&mail.text), "html": fill(&mail.html) });
            context.out.show(&record, String::new)
        }
        PreviewFormat::Html => print(&fill(&mail.html)),
        PreviewFormat::Text => print(&format!("Subject: {}\n\n{}", mail.subject, fill(&mail.text))),
        PreviewFormat::Eml => {
            let to = match reader {
                Some(reader) => reader.email,
                None => "reader@example.org".parse()?,
            };
            let message_id = format!("preview@{}", context.config.mail.from.address.domain());
            print_octets(&message(context, digest, &to, &mail, &message_id)?)
        }
    }
}

async fn compose(
    context: &Context,
    digest: &DigestConfig,
    at: Option<&str>,
    choice: &Choice,
) -> Result<Rendered, Failure> {
    let as_of = match at {
        Some(text) => moment(text, context.config.zone_of(digest))?,
        None => context.store.now(),
    };
    let draft = Draft::load(&context.store, &context.config, digest, as_of, None).await?;
    let own = context.config.zone_of(digest);
    let zone = choice.timezone.as_ref().filter(|_| digest.per_reader_time).unwrap_or(own);
    let audience = draft.audience(choice, draft.date_in(zone));
    let number = context.store.last_edition(digest.slug.as_str()).await?.map_or(1, |last| last.number + 1);
    Ok(draft.mail(&draft.content(&audience), &audience)?.numbered(number))
}

/// Of the machine's clock.
pub(super) const CLOCK_UNSET: &str =
    "The machine's clock shows a time before 2020, so that it has yet to be set: until then no edition is made.";

/// As long as a token.
const NO_TOKEN: &str = "this-is-a-preview-and-its-links-open-nothing";

/// The message of no delivery: a preview or a test.
fn message(
    context: &Context,
    digest: &DigestConfig,
    to: &EmailAddress,
    mail: &Rendered,
    message_id: &str,
) -> Result<Vec<u8>, Failure> {
    let list = List {
        slug: digest.slug.as_str(),
        title: digest.title(),
        links: context.config.site.links(),
        has_unsubscribe_address: context.config.bounce.address.is_some(),
    };
    let (from, reply_to) = (&context.config.mail.from, context.config.mail.reply_to.as_ref());
    let own = Own {
        to,
        message_id,
        date: context.store.now(),
        unsubscribe: NO_TOKEN,
        preferences: NO_TOKEN,
        unsubscribe_address: context.config.bounce.address.as_ref().map_or("", EmailAddress::as_str),
    };
    Letter { from, reply_to, mail, list: Some(list) }.build(&own).map_err(|e| Failure::failed(e.to_string()))
}

async fn send(context: &Context, slug: &str, at: Option<&str>, per_reader_time: bool) -> Done {
    let digest = find(context, slug)?;
    let (at, is_now) = match at {
        Some(text) => (moment(text, context.config.zone_of(digest))?, false),
        None => (context.store.now(), true),
    };
    // Editions are told apart by the second.
    let at = crate::clock::whole_second(at);
    let as_of = if is_now { context.store.now() } else { at };
    if state_of(context, digest).await?.paused {
        note(&format!("{slug} is paused: what is queued now goes out once it is resumed."));
    }
    let occasion = Occasion { moment: at, as_of, is_scheduled: false, per_reader_time, missed_since: None };
    match publish(&context.store, &context.config, digest, occasion).await? {
        Published::Edition(edition) => context.out.show(
            &json!({
                "edition": edition.id, "digest": slug, "number": edition.number, "scheduled_for": at,
                "candidates": edition.candidates,
            }),
            || {
                format!(
                    "Edition {} is made and queued for {}; the daemon sends it.\n",
                    edition.name(),
                    crate::domain::wording::count(edition.candidates as usize, "reader", "readers")
                )
            },
        ),
        Published::Already => context.out.show(&json!({ "edition": null, "reason": "already" }), || {
            format!("{slug} has its edition for {} already; nothing was queued.\n", local(context, digest, at))
        }),
        Published::Empty => context.out.show(&json!({ "edition": null, "reason": "empty" }), || {
            format!("{slug} has nothing to tell, so no edition was made (send_empty = true sends it all the same).\n")
        }),
    }
}

async fn send_test(context: &Context, slug: &str, at: Option<&str>, to: &str) -> Done {
    let digest = find(context, slug)?;
    let to: EmailAddress = to.parse()?;
    let mut mail = compose(context, digest, at, &Choice::default()).await?;
    mail.subject = format!("[Test] {}", mail.subject);
    let message_id = format!("{}@{}", uuid::Uuid::new_v4().simple(), context.config.mail.from.address.domain());
    let octets = message(context, digest, &to, &mail, &message_id)?;
    let envelope = Envelope { from: context.config.mail.from.address.clone(), to: to.clone() };
    send_once(&context.config, &envelope, &octets)
        .await
        .map_err(|e| Failure::failed(format!("the test mail was not sent: {e}")))?;
    context
        .out
        .show(&json!({ "to": to, "message_id": format!("<{message_id}>") }), || format!("A test mail went to {to}.\n"))
}

async fn status(context: &Context, slug: Option<&str>) -> Done {
    if !clock::is_set(Timestamp::now()) {
        note(CLOCK_UNSET);
    }
    let digests: Vec<&DigestConfig> = match slug {
        Some(slug) => vec![find(context, slug)?],
        None => context.config.digests.iter().collect(),
    };
    let mut records = Vec::new();
    let mut rows = Vec::new();
    for digest in digests {
        let slug = digest.slug.as_str();
        let state = state_of(context, digest).await?;
        let next = next_at(context, digest, &state);
        let mut last = Value::Null;
        let mut row = vec![slug.to_owned(), next.map_or("paused".into(), |at| local(context, digest, at))];
        if let Some(edition) = context.store.last_edition(slug).await? {
            let tally = context.store.tally(edition.id).await?;
            // Some readers' clocks may have a while to go.
            let queued_until = context.store.queued_until(edition.id).await?.filter(|at| *at > context.store.now());
            last = json!({
                "edition": edition.id, "digest": slug, "number": edition.number, "scheduled_for": edition.scheduled_for,
                "queued_until": queued_until,
            });
            if let (Value::Object(last), Value::Object(tally)) = (&mut last, serde_json::to_value(tally)?) {
                last.extend(tally);
            }
            let until =
                queued_until.map_or(String::new(), |at| format!(" (the last until {})", local(context, digest, at)));
            row.extend([
                edition.name().to_string(),
                local(context, digest, edition.scheduled_for),
                told(&tally) + &until,
            ]);
        } else {
            row.extend(["".into(), "".into(), "no edition yet".into()]);
        }
        if let Some(wrong) = wrong_clock(&context.config, digest, &state) {
            note(&format!("{wrong}."));
        }
        records.push(json!({
            "digest": slug, "paused": state.paused, "next_at": next, "set_aside": state.set_aside, "last": last,
        }));
        rows.push(row);
    }
    context.out.show(&records, || table(&["DIGEST", "NEXT", "EDITION", "FOR", "DELIVERIES"], rows))
}

/// `3 of 5 sent, 2 deferred`.
fn told(tally: &Tally) -> String {
    let mut text = format!("{} of {} sent", tally.sent, tally.candidates);
    for (n, name) in [
        (tally.queued, "queued"),
        (tally.sending, "sending"),
        (tally.deferred, "deferred"),
        (tally.failed, "failed"),
        (tally.uncertain, "uncertain"),
        (tally.suppressed, "suppressed"),
    ] {
        if n > 0 {
            text.push_str(&format!(", {n} {name}"));
        }
    }
    text
}

async fn pause(context: &Context, slug: &str, paused: bool) -> Done {
    let digest = find(context, slug)?;
    context.store.set_paused(slug, paused).await?;
    let next = next_at(context, digest, &state_of(context, digest).await?);
    context.out.show(&json!({ "digest": slug, "paused": paused, "next_at": next }), || match next {
        None => format!("{slug} is paused: no editions are made and none are sent.\n"),
        Some(at) => format!("{slug} goes on; its next edition is due {}.\n", local(context, digest, at)),
    })
}
