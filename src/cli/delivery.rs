//! `kalends delivery …`

use clap::Subcommand;
use jiff::Timestamp;

use super::output::table;
use super::{BY, Context, Done, Failure};
use crate::domain::address::EmailAddress;
use crate::domain::edition::{DeliveryStatus, EditionName, EditionRef, Retried};
use crate::domain::wording;
use crate::office::{DeliveryQuery, Retry};
use crate::shape::delivery::{self as shape, Delivery, ResentRecord};

#[derive(Debug, Subcommand)]
pub enum DeliveryCommand {
    /// List deliveries
    List {
        /// Of this edition, such as weekly/1
        #[arg(long)]
        edition: Option<EditionRef>,
        /// Of this digest
        #[arg(long, value_name = "SLUG")]
        digest: Option<String>,
        /// To this address
        #[arg(long)]
        address: Option<EmailAddress>,
        /// queued, sending, sent, deferred, failed, uncertain or suppressed
        #[arg(long)]
        status: Option<DeliveryStatus>,
        /// Only the newest
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Queue again what failed, was suppressed, is deferred or uncertain, for those who may get mail
    Retry {
        /// One delivery
        id: Option<i64>,
        /// All of an edition, such as weekly/1
        #[arg(long, conflicts_with = "id")]
        edition: Option<EditionRef>,
        /// All there are
        #[arg(long, conflicts_with_all = ["id", "edition"])]
        all: bool,
    },
    /// Send an edition, such as weekly/1, to one confirmed reader: what they got, once more, or what it told as of now
    Resend {
        edition: EditionRef,
        /// Who gets it
        #[arg(long, value_name = "EMAIL")]
        to: EmailAddress,
    },
}

pub async fn run(context: Context, command: &DeliveryCommand) -> Done {
    match command {
        DeliveryCommand::List { edition, digest, address, status, limit } => {
            let (edition, digest, address) = (edition.clone(), digest.clone(), address.clone());
            let query = DeliveryQuery { edition, digest, status: *status, address, before: None, limit: *limit };
            let deliveries = context.office.deliveries(query).await?;
            let records: Vec<_> = deliveries.iter().map(Delivery::from).collect();
            context.out.show(&records, || {
                if deliveries.is_empty() {
                    return "No deliveries.\n".into();
                }
                let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
                let rows = deliveries.iter().map(|d| {
                    vec![
                        d.id.to_string(),
                        d.edition_name.as_ref().map(ToString::to_string).unwrap_or_default(),
                        d.address.to_string(),
                        d.status.to_string(),
                        d.attempts.to_string(),
                        at(d.next_at),
                        d.error.clone().unwrap_or_default(),
                    ]
                });
                table(&["ID", "EDITION", "ADDRESS", "STATUS", "ATTEMPTS", "NEXT", "ERROR"], rows.collect())
            })
        }
        DeliveryCommand::Retry { id, edition, all } => {
            let retry = Retry::of(*id, edition.clone(), *all).ok_or_else(|| {
                Failure::Usage("say what to retry: a delivery's id, --edition EDITION or --all".into())
            })?;
            let (retried, edition) = context.office.retry_deliveries(BY, &retry).await?;
            context.out.show(&shape::Retried::from(retried), || told(retried, edition.map(|edition| edition.name())))
        }
        DeliveryCommand::Resend { edition, to } => {
            let record = context.office.resend_edition(BY, edition, to).await?;
            context.out.show(&record, || resent(&record))
        }
    }
}

fn resent(record: &ResentRecord) -> String {
    let ResentRecord { digest, number, to, again, .. } = record;
    match again {
        true => format!("{digest}/{number} goes to {to} once more.\n"),
        false => format!("{digest}/{number} goes to {to}, as things are now.\n"),
    }
}

fn told(retried: Retried, edition: Option<EditionName>) -> String {
    let count = |number: u64| wording::count(number as usize, "delivery", "deliveries");
    let mut text = format!("{} queued again.\n", count(retried.queued));
    if retried.made_up > 0 {
        text += &format!("{} left out: a later edition tells their readers the same.\n", count(retried.made_up));
    }
    if retried.held > 0 {
        let whose = edition.map_or("ADDRESS".to_owned(), |edition| format!("--edition {edition}"));
        text += &format!(
            "{} left out: nothing may be sent to their address. `kalends subscriber unsuppress {whose}` lifts that.\n",
            count(retried.held)
        );
    }
    if retried.unwanted > 0 {
        text += &format!("{} left out: their readers have left, or came only later.\n", count(retried.unwanted));
    }
    text
}
