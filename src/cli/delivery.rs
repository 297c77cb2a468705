//! `kalends delivery …`

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use super::output::table;
use super::{Context, Done, Failure};
use crate::domain::edition::{Delivery, DeliveryStatus};
use crate::domain::wording;

#[derive(Debug, Subcommand)]
pub enum DeliveryCommand {
    /// List deliveries
    List {
        /// Of this edition
        #[arg(long, value_name = "N")]
        edition: Option<i64>,
        /// queued, sending, sent, deferred, failed, uncertain or suppressed
        #[arg(long)]
        status: Option<DeliveryStatus>,
    },
    /// Queue again what failed, is deferred or uncertain
    Retry {
        /// One delivery
        id: Option<i64>,
        /// All of an edition
        #[arg(long, value_name = "N", conflicts_with = "id")]
        edition: Option<i64>,
        /// All there are
        #[arg(long, conflicts_with_all = ["id", "edition"])]
        all: bool,
    },
}

pub async fn run(context: Context, command: &DeliveryCommand) -> Done {
    match command {
        DeliveryCommand::List { edition, status } => {
            let deliveries = context.store.deliveries(*edition, *status).await?;
            let records: Vec<_> = deliveries.iter().map(record).collect();
            context.out.show(&records, || {
                if deliveries.is_empty() {
                    return "No deliveries.\n".into();
                }
                let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
                let rows = deliveries.iter().map(|d| {
                    vec![
                        d.id.to_string(),
                        d.edition.map(|edition| edition.to_string()).unwrap_or_default(),
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
                return Err(Failure::Usage("say what to retry: a delivery's id, --edition N or --all".into()));
            }
            let queued = context.store.retry_deliveries(*id, *edition).await?;
            if let (Some(id), 0) = (id, queued) {
                return Err(Failure::failed(format!(
                    "there is no delivery {id} that failed or waits: `kalends delivery list` shows them"
                )));
            }
            context.out.show(&json!({ "queued": queued }), || {
                format!("{} queued again.\n", wording::count(queued as usize, "delivery", "deliveries"))
            })
        }
    }
}

fn record(delivery: &Delivery) -> serde_json::Value {
    json!({
        "id": delivery.id,
        "edition": delivery.edition,
        "address": delivery.address,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "next_at": delivery.next_at,
        "error": delivery.error,
        "relay": delivery.relay,
        "message_id": format!("<{}>", delivery.message_id),
    })
}
