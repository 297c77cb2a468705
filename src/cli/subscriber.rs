//! `kalends subscriber …`

mod describe;
mod edit;
mod enrol;

use clap::Subcommand;
use serde::Serialize;

use super::output::{ask, confirm, may_ask, note, table};
use super::saying::Saying;
use super::{BY, Context, Done, Failure, person};
use crate::domain::FieldError;
use crate::domain::address::EmailAddress;
use crate::domain::edition::EditionRef;
use crate::domain::event::Kind;
use crate::domain::subscriber::{Hour, NewSubscriber};
use crate::domain::text;
use crate::domain::token::CONFIRM_HOURS;
use crate::domain::when::Point;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::office::{Agreed, DeliveryQuery};
use crate::shape::subscriber::{EditedSubscriber, OwnCalendar, Subscriber, SuppressionRecord};
use describe::{describe, held, last_mails, of_edit};

/// So many of the last mails are shown of one person.
const LAST: u32 = 10;

#[derive(Debug, Subcommand)]
pub enum SubscriberCommand {
    /// Add a person, or to what is known of one; a confirmation mail goes out where there is no consent, unless
    /// --confirmed says that it is there
    Add {
        email: String,
        #[arg(long)]
        name: Option<String>,
        /// What they get; may be given several times [default: every digest; of somebody known, those they get]
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
    /// Change what is known of a person; a mail asks them about digests that they have not agreed to get
    Edit(Box<edit::EditArgs>),
    /// List everybody
    List,
    /// Show one person, what they agreed to, and the last mails
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
    /// Add people from a CSV or a workbook of Excel (email, name, digests, topics, timezone, locale, consent_at,
    /// consent_note, kinds, send_hour); those without consent_at get a confirmation mail
    Import {
        file: String,
        /// Show what would become of each row, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
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
    /// Send nothing more to addresses, until `unsuppress` lifts that or they ask for it themselves
    Suppress {
        #[arg(required = true)]
        email: Vec<String>,
    },
    /// Let mail go again to addresses that bounced, complained or were suppressed
    Unsuppress {
        email: Vec<String>,
        /// All who bounced by a mail of this edition, such as weekly/1
        #[arg(long, conflicts_with = "email")]
        edition: Option<EditionRef>,
        /// All who bounced on this date or since
        #[arg(long, value_name = "DATE", conflicts_with = "email")]
        since: Option<String>,
        /// Do not ask, where it is more than one
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Serialize)]
struct Removed<'a> {
    removed: &'a EmailAddress,
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
            let agreed =
                if *confirmed { Agreed::Elsewhere { at: None, note: consent_note.clone() } } else { Agreed::NotYet };
            add(context, wish, agreed).await
        }
        SubscriberCommand::Edit(args) => edit::run(context, args).await,
        SubscriberCommand::List => list(context).await,
        SubscriberCommand::Show { email } => {
            let subscriber = context.office.subscriber(&email.parse()?).await?;
            let query =
                DeliveryQuery { address: Some(subscriber.email.clone()), limit: Some(LAST), ..Default::default() };
            let deliveries = context.office.deliveries(query).await?;
            context.out.show(&Subscriber::from(&subscriber), || describe(&subscriber) + &last_mails(&deliveries))
        }
        SubscriberCommand::Remove { email, yes } => {
            let email: EmailAddress = email.parse()?;
            context.office.subscriber(&email).await?;
            confirm(&format!("Delete {email} and their subscriptions?"), *yes)?;
            context.office.remove_subscriber(BY, &email, |_| Ok(())).await?;
            context.out.show(&Removed { removed: &email }, || format!("{email} removed.\n"))
        }
        SubscriberCommand::Calendar { email, revoke: true, .. } => {
            let email: EmailAddress = email.parse()?;
            let revoked = context.office.revoke_subscriber_calendar(BY, &email).await?;
            context.out.show(&OwnCalendar { url: None, revoked }, || match revoked {
                true => format!("The calendar of {email} is gone.\n"),
                false => format!("{email} has no calendar of their own.\n"),
            })
        }
        SubscriberCommand::Calendar { email, renew, .. } => {
            let url = context.office.subscriber_calendar(BY, &email.parse()?, *renew).await?;
            let text = format!("{url}\n");
            context.out.show(&OwnCalendar { url: Some(url), revoked: *renew }, || text)
        }
        SubscriberCommand::Import { file, dry_run } => enrol::import(context, file, *dry_run).await,
        SubscriberCommand::Export { email: None } => person::export_all(context).await,
        SubscriberCommand::Export { email: Some(email) } => person::export(context, &email.parse()?).await,
        SubscriberCommand::Forget { email, yes } => person::forget(context, &email.parse()?, *yes).await,
        SubscriberCommand::Suppress { email } => suppress(context, email).await,
        SubscriberCommand::Unsuppress { email, edition: None, since: None, yes } => {
            unsuppress(context, email, *yes).await
        }
        SubscriberCommand::Unsuppress { edition, since, yes, .. } => {
            let saying = Saying::new(context.office.now(), context.office.zone());
            let since = since.as_deref().map(|said| saying.written("since", said)).transpose()?;
            let since = since.as_deref().map(Point::read_day).transpose().map_err(FieldError::of("since"))?;
            unsuppress_bounced(context, edition.as_ref(), since, *yes).await
        }
    }
}

async fn add(context: Context, wish: NewSubscriber, agreed: Agreed) -> Done {
    let added = context.office.add_subscriber(BY, wish, agreed).await?;
    let edited = &added.edited;
    let subscriber = &edited.subscriber;
    if let Some(suppression) = subscriber.suppression.filter(|_| edited.asked.is_empty()) {
        note(&held(&subscriber.email, suppression));
    }
    if !added.kept.is_empty() {
        note(&format!(
            "Left as it was: {}. `kalends subscriber edit {}` changes what is known.",
            added.kept.join(", "),
            subscriber.email
        ));
    }
    let record = EditedSubscriber { kept: added.kept.clone(), ..EditedSubscriber::from(edited) };
    context.out.show(&record, || match added.was_known {
        _ if edited.is_nothing() => format!("{}: is known so already.\n", subscriber.email),
        true => of_edit(edited),
        false if edited.asked.is_empty() => format!("{}: subscribed.\n", subscriber.email),
        false => {
            format!(
                "{}: a confirmation mail is queued; its link is valid for {CONFIRM_HOURS} hours.\n",
                subscriber.email
            )
        }
    })
}

/// On a terminal it is asked for more than one.
fn may_lift(context: &Context, count: usize, yes: bool) -> Done {
    match count > 1 && !yes && !context.out.is_json() && may_ask() {
        true => ask(&format!("Let mail go again to {count} addresses?")),
        false => Ok(()),
    }
}

async fn suppress(context: Context, emails: &[String]) -> Done {
    let emails = addresses(emails)?;
    let were = context.office.suppress(BY, &emails).await?;
    tell_of_each(&context, emails, were, |email, was_suppressed| match was_suppressed {
        true => format!("Nothing was sent to {email} anyway.\n"),
        false => format!("Nothing more is sent to {email}. `kalends subscriber unsuppress {email}` lifts that.\n"),
    })
}

async fn unsuppress(context: Context, emails: &[String], yes: bool) -> Done {
    if emails.is_empty() {
        return Err(Failure::Usage("say whom: addresses, --edition EDITION or --since DATE".into()));
    }
    let emails = addresses(emails)?;
    may_lift(&context, emails.len(), yes)?;
    let were = context.office.unsuppress(BY, &emails).await?;
    tell_of_each(&context, emails, were, |email, was_suppressed| match was_suppressed {
        true => format!("Mail goes to {email} again.\n"),
        false => format!("Nothing kept mail from {email}.\n"),
    })
}

fn addresses(said: &[String]) -> Result<Vec<EmailAddress>, Failure> {
    Ok(said.iter().map(|email| email.parse()).collect::<Result<Vec<EmailAddress>, _>>()?)
}

/// Whether mail was kept from each of them before.
fn tell_of_each(
    context: &Context,
    emails: Vec<EmailAddress>,
    were: Vec<bool>,
    line: impl Fn(&EmailAddress, bool) -> String,
) -> Done {
    let records = emails.into_iter().zip(were);
    let records: Vec<_> = records.map(|(email, was_suppressed)| SuppressionRecord { email, was_suppressed }).collect();
    let told = || records.iter().map(|record| line(&record.email, record.was_suppressed)).collect();
    match records.as_slice() {
        [one] => context.out.show(one, told),
        several => context.out.show(&several, told),
    }
}

async fn unsuppress_bounced(
    context: Context,
    edition: Option<&EditionRef>,
    since: Option<jiff::civil::Date>,
    yes: bool,
) -> Done {
    if !yes && !context.out.is_json() && may_ask() {
        let (would, _) = context.office.rehearsal().unsuppress_bounced(BY, edition, since).await?;
        may_lift(&context, would.len(), yes)?;
    }
    let (lifted, edition) = context.office.unsuppress_bounced(BY, edition, since).await?;
    let record = |email: &EmailAddress| SuppressionRecord { email: email.clone(), was_suppressed: true };
    let records: Vec<_> = lifted.iter().map(record).collect();
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

async fn list(context: Context) -> Done {
    let subscribers = context.office.subscribers().await?;
    let records: Vec<_> = subscribers.iter().map(Subscriber::from).collect();
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
