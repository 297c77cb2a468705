//! `kalends webhook …`

use clap::{Args, Subcommand};

use super::output::table;
use super::{BY, Context, Done, Failure};
use crate::domain::moment::moment;
use crate::office::webhooks::health;
use crate::shape::webhook::{HookMessageRecord, WebhookRecord};
use crate::store::Replay;

#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// List the programs and chats that are told what happens, and how that goes; of one, its last messages
    List { name: Option<String> },
    /// Tell one that this is a test, and show what it answers
    Test { name: String },
    /// Send messages again at once, under their ids: those that wait or were given up, or those named
    Replay(ReplayArgs),
}

#[derive(Debug, Args)]
pub struct ReplayArgs {
    name: String,
    /// This message, also if it was taken; may be given several times. `webhook list NAME` shows the ids
    #[arg(long, value_name = "ID")]
    message: Vec<String>,
    /// All since this day or moment, also those that were taken; they are kept for 30 days
    #[arg(long, value_name = "DATE", conflicts_with = "message")]
    since: Option<String>,
}

pub async fn run(context: Context, command: &WebhookCommand) -> Done {
    let office = &context.office;
    match command {
        WebhookCommand::List { name: None } => {
            let webhooks = office.webhooks().await?;
            let headers = ["NAME", "TELLS", "AS", "WAITING", "GIVEN UP", "LAST TAKEN", "STATE"];
            context.out.show(&webhooks, || match webhooks.is_empty() {
                true => "No webhooks.\n".into(),
                false => table(&headers, webhooks.iter().map(|webhook| row(&context, webhook)).collect()),
            })
        }
        WebhookCommand::List { name: Some(name) } => {
            let messages = office.webhook_messages(name).await?;
            let headers = ["ID", "TYPE", "MADE", "STATUS", "ATTEMPTS", "NEXT", "ANSWER"];
            context.out.show(&messages, || match messages.is_empty() {
                true => "No messages.\n".into(),
                false => table(&headers, messages.iter().map(|message| message_row(&context, message)).collect()),
            })
        }
        WebhookCommand::Test { name } => {
            let test = office.test_webhook(BY, name).await?;
            let said = match test.taken {
                true => format!("{name} took it: {}\n", test.answer),
                false => format!("{name} did not take it: {}\n", test.answer),
            };
            context.out.show(&test, || said)?;
            if test.taken { Ok(()) } else { Err(Failure::Reported) }
        }
        WebhookCommand::Replay(args) => {
            let since = args.since.as_deref().map(|since| moment(since, office.zone())).transpose()?;
            let which = match since {
                Some(since) => Replay::Since(since),
                None if args.message.is_empty() => Replay::Untaken,
                None => Replay::Some(args.message.clone()),
            };
            let replayed = office.replay_webhook(BY, &args.name, &which).await?;
            context.out.show(&replayed, || match replayed.replayed {
                0 => "There is nothing to send again.\n".into(),
                1 => "1 message is sent again.\n".into(),
                n => format!("{n} messages are sent again.\n"),
            })
        }
    }
}

fn at(context: &Context, at: jiff::Timestamp) -> String {
    context.office.zone().at(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn row(context: &Context, webhook: &WebhookRecord) -> Vec<String> {
    vec![
        webhook.name.clone(),
        webhook.url.clone(),
        webhook.format.to_string(),
        webhook.waiting.to_string(),
        webhook.failed.to_string(),
        webhook.taken_at.map_or_else(|| "never".into(), |taken| at(context, taken)),
        health(webhook),
    ]
}

fn message_row(context: &Context, message: &HookMessageRecord) -> Vec<String> {
    vec![
        message.id.clone(),
        message.topic.to_string(),
        at(context, message.created_at),
        message.status.to_string(),
        message.attempts.to_string(),
        message.next_at.map_or_else(String::new, |next| at(context, next)),
        message.answer.clone().unwrap_or_default(),
    ]
}
