//! `kalends secret …`

use clap::Subcommand;

use super::{BY, Context, Done};
use crate::domain::wording::count;
use crate::shape::setup::SecretRecord;

#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Make a new secret for the links in mails. Links to leave and readers' own calendars that were given before go on
    /// for ever, confirmations and choices for 30 days
    Renew {
        /// Others may know the old one: nothing that was given before goes on
        #[arg(long)]
        leaked: bool,
    },
}

pub async fn run(context: Context, command: &SecretCommand) -> Done {
    match command {
        SecretCommand::Renew { leaked } => {
            let renewed = context.office.renew_secret(BY, *leaked).await?;
            context.out.show(&renewed, || told(&renewed))
        }
    }
}

fn told(renewed: &SecretRecord) -> String {
    let mut lines = vec![
        "There is a new secret: what is mailed from now on is sealed with it, by a running daemon too.".to_owned(),
    ];
    match renewed.answers_until {
        Some(until) => lines.push(format!(
            "What was given before goes on: links to leave, readers' own calendars, the addresses that mail comes back to and \
             those that editors forward to for ever; links to confirm and to choose until {}.",
            until.strftime("%Y-%m-%d")
        )),
        None => {
            lines.push(
                "Nothing that was given before opens anything, since it could be forged: who wants to leave does so by a \
                 mail that goes out from now on, or tells you (`kalends subscriber edit EMAIL --remove-digest SLUG`), and \
                 mail that comes back from before proves nothing."
                    .into(),
            );
            if renewed.calendars > 0 {
                lines.push(format!(
                    "{} another address now, and programs that follow the old one learn that it is gone: each reader finds \
                     theirs by the link “Change what you get” in the next mail, and `kalends subscriber calendar EMAIL` \
                     tells it.",
                    count(renewed.calendars as usize, "reader's own calendar has", "readers' own calendars have")
                ));
            }
            if renewed.editors > 0 {
                lines.push(format!(
                    "{} another address to forward mails to: `kalends editor address EMAIL` tells it.",
                    count(renewed.editors as usize, "editor has", "editors have")
                ));
            }
            if renewed.sign_ups > 0 {
                lines.push(format!(
                    "{} for an answer that can't be given any more: those people have to ask again.",
                    count(renewed.sign_ups as usize, "sign-up waits", "sign-ups wait")
                ));
            }
        }
    }
    lines.push(
        "The list of who was forgotten keeps a key of its own, so that nobody on it can be imported again.".to_owned(),
    );
    lines.join("\n") + "\n"
}
