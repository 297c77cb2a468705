//! `kalends subscriber …`

mod enrol;

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::output::{confirm, note, table};
use super::{Context, Done, Failure, person};
use crate::domain::address::EmailAddress;
use crate::domain::edition::EditionRef;
use crate::domain::event::Kind;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{ConsentSource, Hour, NewSubscriber, Subscriber, Suppression, SuppressionReason};
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::mail::confirmation;
use crate::store::{Request, SignUp};

#[derive(Debug, Subcommand)]
pub enum SubscriberCommand {
    /// Add a person; a confirmation mail goes out unless --confirmed says that the consent is there
    Add {
        email: String,
        #[arg(long)]
        name: Option<String>,
        /// May be given several times [default: every digest]
        #[arg(long, value_name = "SLUG")]
        digest: Vec<String>,
        /// Only these topics; may be given several times [default: all]
        #[arg(long)]
        topic: Vec<String>,
        /// Only events of these kinds; may be given several times [default: all]
        #[arg(long)]
        kind: Vec<Kind>,
        #[arg(long, value_name = "ZONE")]
        tz: Option<Zone>,
        /// The hour of their own day (0 to 23) at which mail comes, where a digest leaves that to its readers
        #[arg(long)]
        hour: Option<Hour>,
        /// The language of their mail, such as en or zh-Hans [default: the site's]
        #[arg(long, value_name = "TAG")]
        locale: Option<Locale>,
        /// The person agreed elsewhere: no confirmation mail
        #[arg(long)]
        confirmed: bool,
        /// How and where, for the record
        #[arg(long, value_name = "NOTE", requires = "confirmed")]
        consent_note: Option<String>,
    },
    /// List everybody
    List,
    /// Show one person and what they agreed to
    Show { email: String },
    /// Delete a person; the outbox still shows what went to the address
    Remove {
        email: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show the address of a person's own calendar, which follows the topics and digests they chose
    Calendar {
        email: String,
        /// Take the address back: whoever asks for it learns that it is gone
        #[arg(long, conflicts_with = "renew")]
        revoke: bool,
        /// Take the address back and make another
        #[arg(long)]
        renew: bool,
    },
    /// Add people from a CSV (email, name, digests, topics, timezone, locale, consent_at, consent_note, kinds,
    /// send_hour); those without consent_at get a confirmation mail
    Import { file: String },
    /// Print a CSV of all who agreed to get mail, for `import` elsewhere; with an address, all that is kept of that
    /// person
    Export { email: Option<String> },
    /// Erase all that is kept of a person, so that no import brings them back; they themselves can come back
    Forget {
        email: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Let mail go again to addresses that bounced or complained
    Unsuppress {
        email: Vec<String>,
        /// All who bounced by a mail of this edition, such as weekly/1
        #[arg(long, conflicts_with = "email")]
        edition: Option<EditionRef>,
        /// All who bounced on this date or since
        #[arg(long, value_name = "DATE", conflicts_with = "email")]
        since: Option<jiff::civil::Date>,
    },
}

pub async fn run(context: Context, command: &SubscriberCommand) -> Done {
    match command {
        SubscriberCommand::Add { email, name, digest, topic, kind, tz, hour, locale, confirmed, consent_note } => {
            let topics = text::labels("topic", topic.iter().map(String::as_str))?;
            let kinds = Kind::list(kind.iter().map(|kind| kind.as_str()))?;
            let wish = NewSubscriber {
                name: name.as_deref().map(text::single_line),
                topics: Some(topics).filter(|topics| !topics.is_empty()),
                kinds: Some(kinds).filter(|kinds| !kinds.is_empty()),
                timezone: tz.clone(),
                send_hour: *hour,
                locale: locale.map(|locale| locale.to_string()),
                ..NewSubscriber::of(email.parse()?, digest.clone())
            };
            let note = consent_note.clone().unwrap_or_else(|| "recorded on the command line".into());
            let source = match confirmed {
                true => ConsentSource::Recorded { at: context.store.now(), note },
                false => ConsentSource::AskByMail,
            };
            add(context, wish, source).await
        }
        SubscriberCommand::List => list(context).await,
        SubscriberCommand::Show { email } => {
            let subscriber = context.store.subscriber(&email.parse()?).await?;
            context.out.show(&record(&subscriber), || describe(&subscriber))
        }
        SubscriberCommand::Remove { email, yes } => {
            let email: EmailAddress = email.parse()?;
            context.store.subscriber(&email).await?;
            confirm(&format!("Delete {email} and their subscriptions?"), *yes)?;
            context.store.remove_subscriber(&email).await?;
            context.out.show(&json!({ "removed": email }), || format!("{email} removed.\n"))
        }
        SubscriberCommand::Calendar { email, revoke, renew } => {
            calendar(context, &email.parse()?, *revoke, *renew).await
        }
        SubscriberCommand::Import { file } => enrol::import(context, file).await,
        SubscriberCommand::Export { email: None } => person::export_all(context).await,
        SubscriberCommand::Export { email: Some(email) } => person::export(context, &email.parse()?).await,
        SubscriberCommand::Forget { email, yes } => person::forget(context, &email.parse()?, *yes).await,
        SubscriberCommand::Unsuppress { email, edition: None, since: None } => unsuppress(context, email).await,
        SubscriberCommand::Unsuppress { edition, since, .. } => {
            unsuppress_bounced(context, edition.as_ref(), *since).await
        }
    }
}

async fn unsuppress(context: Context, emails: &[String]) -> Done {
    if emails.is_empty() {
        return Err(Failure::Usage("say whom: addresses, --edition EDITION or --since DATE".into()));
    }
    // All of them are known, or nothing is changed.
    let emails = emails.iter().map(|email| email.parse()).collect::<Result<Vec<EmailAddress>, _>>()?;
    for email in &emails {
        context.store.subscriber(email).await?;
    }
    let mut lifted = Vec::new();
    for email in emails {
        let was_suppressed = context.store.unsuppress(&email).await?;
        lifted.push((email, was_suppressed));
    }
    let record =
        |(email, was_suppressed): &(EmailAddress, bool)| json!({ "email": email, "was_suppressed": was_suppressed });
    let records = match lifted.as_slice() {
        [one] => record(one),
        several => several.iter().map(record).collect(),
    };
    context.out.show(&records, || {
        let lines = lifted.iter().map(|(email, was_suppressed)| match was_suppressed {
            true => format!("Mail goes to {email} again.\n"),
            false => format!("Nothing kept mail from {email}.\n"),
        });
        lines.collect()
    })
}

async fn unsuppress_bounced(context: Context, edition: Option<&EditionRef>, since: Option<jiff::civil::Date>) -> Done {
    let edition = match edition {
        Some(edition) => Some(context.store.edition(edition).await?),
        None => None,
    };
    let since = since.map(|date| context.config.site.timezone.instant(date.at(0, 0, 0, 0)));
    let lifted = context.store.unsuppress_bounced(edition.as_ref().map(|edition| edition.id), since).await?;
    let records: Value = lifted.iter().map(|email| json!({ "email": email, "was_suppressed": true })).collect();
    context.out.show(&records, || {
        let mut text: String = lifted.iter().map(|email| format!("Mail goes to {email} again.\n")).collect();
        match (lifted.is_empty(), edition) {
            (true, _) => text.push_str("Nobody was kept from mail for that.\n"),
            (false, Some(edition)) => {
                let edition = edition.name();
                text.push_str(&format!("`kalends delivery retry --edition {edition}` sends them the edition.\n"));
            }
            (false, None) => {}
        }
        text
    })
}

async fn calendar(context: Context, email: &EmailAddress, revoke: bool, renew: bool) -> Done {
    if revoke || renew {
        let was_there = context.store.revoke_personal_calendar(email).await?;
        if revoke {
            return context.out.show(&json!({ "revoked": was_there }), || match was_there {
                true => format!("The calendar of {email} is gone.\n"),
                false => format!("{email} has no calendar of their own.\n"),
            });
        }
    }
    let calendar = context.store.personal_calendar(email).await?;
    let url = context.config.site.links().own_calendar(&context.store.token_key().await?, calendar);
    context.out.show(&json!({ "url": url }), || format!("{url}\n"))
}

async fn add(context: Context, wish: NewSubscriber, source: ConsentSource) -> Done {
    let (email, wish) = (wish.email.clone(), named(&context, wish)?);
    let request = subscribe(&context, &wish, &source, "on the command line").await?;
    let what = match request {
        Request::Asked => "a confirmation mail is queued; its link is valid for 72 hours",
        Request::New | Request::Changed => "subscribed",
        Request::Unchanged => "is subscribed already",
        Request::Limited(_) | Request::Suppressed | Request::Forgotten(_) => {
            return Err(Failure::failed(format!("{email} {}", refusal(request))));
        }
    };
    let subscriber = context.store.subscriber(&email).await?;
    if let Some(suppression) = subscriber.suppression.filter(|_| request != Request::Asked) {
        note(&held(&email, suppression));
    }
    context.out.show(&record(&subscriber), || format!("{email}: {what}.\n"))
}

/// Why nothing was done, after the address.
fn refusal(request: Request) -> String {
    match request {
        Request::Forgotten(at) => format!(
            "was deleted for good on {}: only the person can come back, by the form on the site or by \
             `kalends subscriber add` without --confirmed, and the mail that asks them",
            at.strftime("%Y-%m-%d")
        ),
        Request::Suppressed => "bounced or complained: `kalends subscriber show` says more".into(),
        _ => {
            "got as many confirmation mails as may go to one address: 3 within an hour, 10 within a day, and only one \
              if mail bounced: try again later"
                .into()
        }
    }
}

/// That nothing is sent to an address, why, and how to change it.
fn held(email: &EmailAddress, suppression: Suppression) -> String {
    let why = match suppression.reason {
        SuppressionReason::Bounced => "mail came back",
        SuppressionReason::Complained => "the reader complained to their provider",
    };
    let since = suppression.at.strftime("%Y-%m-%d");
    format!("Nothing is sent to {email} since {since}: {why}. `kalends subscriber unsuppress {email}` lifts that.")
}

/// The wish with its digests: every digest if nothing is named.
fn named(context: &Context, mut wish: NewSubscriber) -> Result<NewSubscriber, Failure> {
    let config = &context.config;
    if config.digests.is_empty() {
        return Err(Failure::failed("no digest is configured that one could subscribe to: add a [[digest]]"));
    }
    if wish.digests.is_empty() {
        wish.digests = config.digests.iter().map(|digest| digest.slug.as_str().to_owned()).collect();
    }
    match wish.digests.iter().find(|slug| config.digest(slug).is_none()) {
        Some(unknown) => Err(Refused::not_found(Noun::Digest, unknown).into()),
        None => Ok(wish),
    }
}

/// `origin` is for the record of consent.
async fn subscribe(
    context: &Context,
    wish: &NewSubscriber,
    source: &ConsentSource,
    origin: &str,
) -> Result<Request, Failure> {
    let only_once = match source {
        ConsentSource::Recorded { at, note } => return Ok(context.store.record_consent(wish, *at, note).await?),
        ConsentSource::AskByMail => false,
        ConsentSource::AskOnce => true,
    };
    let config = &context.config;
    let key = context.store.token_key().await?;
    let letter = confirmation::writer(config, &key, &context.store, wish);
    let mail_domain = config.mail.from.address.domain();
    let sign_up = SignUp { wish, origin, network: None, only_once, mail_domain };
    Ok(context.store.ask_for_consent(sign_up, letter).await?)
}

async fn list(context: Context) -> Done {
    let subscribers = context.store.subscribers().await?;
    let records: Vec<_> = subscribers.iter().map(record).collect();
    context.out.show(&records, || {
        if subscribers.is_empty() {
            return "No subscribers.\n".into();
        }
        let rows = subscribers.iter().map(|s| {
            let digests: Vec<_> = s
                .subscriptions
                .iter()
                .map(|subscription| format!("{} ({})", subscription.digest, subscription.status))
                .collect();
            let held = s.suppression.map(|suppression| suppression.reason.to_string()).unwrap_or_default();
            vec![s.email.to_string(), s.name.clone(), digests.join(", "), s.topics.join("; "), held]
        });
        table(&["EMAIL", "NAME", "DIGESTS", "TOPICS", "SUPPRESSED"], rows.collect())
    })
}

fn record(subscriber: &Subscriber) -> Value {
    json!({
        "email": subscriber.email,
        "name": subscriber.name,
        "topics": subscriber.topics,
        "kinds": subscriber.kinds,
        "timezone": subscriber.timezone,
        "send_hour": subscriber.send_hour,
        "suppressed": subscriber.suppression,
        "locale": subscriber.locale,
        "created_at": subscriber.created_at,
        "subscriptions": subscriber.subscriptions,
    })
}

fn describe(subscriber: &Subscriber) -> String {
    let mut text = format!("{}\n", subscriber.email);
    let zone = subscriber.timezone.as_ref().map(ToString::to_string).unwrap_or_default();
    let kinds = subscriber.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join("; ");
    let hour = subscriber.send_hour.map(Hour::on_a_clock).unwrap_or_default();
    let language = subscriber.locale.clone().unwrap_or_default();
    for (name, value) in [
        ("Name", &subscriber.name),
        ("Topics", &subscriber.topics.join("; ")),
        ("Kinds", &kinds),
        ("Zone", &zone),
        ("Hour", &hour),
        ("Language", &language),
    ] {
        if !value.is_empty() {
            text.push_str(&format!("{name:<10} {value}\n"));
        }
    }
    text.push_str(&format!("{:<10} {}\n", "Since", subscriber.created_at));
    if let Some(suppression) = subscriber.suppression {
        text.push_str(&format!("\n{}\n", held(&subscriber.email, suppression)));
    }
    let at = |instant: Option<Timestamp>| instant.map(|at| at.to_string()).unwrap_or_default();
    let rows = subscriber.subscriptions.iter().map(|s| {
        let when = if s.left_at.is_some() { at(s.left_at) } else { at(s.consent_at) };
        vec![s.digest.clone(), s.status.to_string(), when, s.consent_note.clone().unwrap_or_default()]
    });
    text.push('\n');
    text.push_str(&table(&["DIGEST", "STATUS", "SINCE", "CONSENT"], rows.collect()));
    text
}
