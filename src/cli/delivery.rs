//! `kalends delivery …`

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use super::output::table;
use super::{Context, Done, Failure};
use crate::domain::edition::{Delivery, DeliveryStatus, EditionName, EditionRef};
use crate::domain::wording;
use crate::store::{Again, Retried};

#[derive(Debug, Subcommand)]
pub enum DeliveryCommand {
    /// List deliveries
    List {
        /// Of this edition, such as weekly/1
        #[arg(long)]
        edition: Option<EditionRef>,
        /// queued, sending, sent, deferred, failed, uncertain or suppressed
        #[arg(long)]
        status: Option<DeliveryStatus>,
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
}

pub async fn run(context: Context, command: &DeliveryCommand) -> Done {
    match command {
        DeliveryCommand::List { edition, status } => {
            let edition = match edition {
                Some(edition) => Some(context.store.edition(edition).await?.id),
                None => None,
            };
            let deliveries = context.store.deliveries(edition, *status).await?;
            let records: Vec<_> = deliveries.iter().map(record).collect();
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
            if id.is_none() && edition.is_none() && !all {
                return Err(Failure::Usage("say what to retry: a delivery's id, --edition EDITION or --all".into()));
            }
            let edition = match edition {
                Some(edition) => Some(context.store.edition(edition).await?),
                None => None,
            };
            let again = match (id, &edition) {
                (Some(id), _) => Again::One(*id),
                (None, Some(edition)) => Again::Edition(edition.id),
                (None, None) => Again::All,
            };
            let retried = context.store.retry_deliveries(again).await?;
            if let (Some(id), 0) = (id, retried.queued) {
                return Err(Failure::failed(not_retried(&context, *id, retried).await?));
            }
            context.out.show(&retried, || told(retried, edition.map(|edition| edition.name())))
        }
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

/// Why one delivery was not queued again.
async fn not_retried(context: &Context, id: i64, retried: Retried) -> Result<String, Failure> {
    let address = async || {
        let all = context.store.deliveries(None, None).await?;
        Ok::<_, Failure>(
            all.into_iter().find(|delivery| delivery.id == id).map(|delivery| delivery.address.to_string()),
        )
    };
    Ok(match retried {
        Retried { held: 1.., .. } => format!(
            "nothing may be sent to the address of delivery {id}: `kalends subscriber unsuppress {}` lifts that, and then \
             it can be sent again",
            address().await?.unwrap_or_else(|| "ADDRESS".into())
        ),
        Retried { made_up: 1.., .. } => {
            format!("delivery {id} was not queued again: a later edition tells its reader the same")
        }
        Retried { unwanted: 1.., .. } => {
            format!("delivery {id} was not queued again: its reader has left, or came only later")
        }
        _ => format!("there is no delivery {id} that failed or waits: `kalends delivery list` shows them"),
    })
}

fn record(delivery: &Delivery) -> serde_json::Value {
    json!({
        "id": delivery.id,
        "edition": delivery.edition,
        "digest": delivery.edition_name.as_ref().map(|name| &name.digest),
        "number": delivery.edition_name.as_ref().map(|name| name.number),
        "address": delivery.address,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "next_at": delivery.next_at,
        "error": delivery.error,
        "relay": delivery.relay,
        "message_id": format!("<{}>", delivery.message_id),
    })
}
