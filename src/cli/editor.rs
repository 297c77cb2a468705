//! `kalends editor …` and `kalends acts`

use clap::{Args, Subcommand};

use super::output::{confirm, note, table};
use super::{BY, Context, Done};
use crate::domain::editor::Role;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::shape::act::ActRecord;
use crate::shape::editor::{EditorRecord, SignInRecord};
use crate::shape::intake::ForwardAddressRecord;
use crate::store::{EditorWish, Stretch};

#[derive(Debug, Subcommand)]
pub enum EditorCommand {
    /// Make somebody an editor, or change what is said of one
    Add {
        email: String,
        #[arg(long)]
        name: Option<String>,
        /// editor, who writes, or operator, who also sees to people and the machine [default: editor]
        #[arg(long)]
        role: Option<Role>,
        /// The language of their pages and mail, such as en or zh-Hans [default: the site's]
        #[arg(long, value_name = "TAG")]
        locale: Option<Locale>,
    },
    /// List those who may change things
    List,
    /// Tell an editor's own address to forward mails to: what comes to it is theirs, and becomes drafts
    Address {
        email: String,
        /// Make another: the former is nobody's from now on
        #[arg(long)]
        renew: bool,
    },
    /// Print a link by which an editor signs in to the desk, once, within 15 minutes: for the first time, or where mail does
    /// not go
    Link { email: String },
    /// From now on this person changes nothing more; what they did stays theirs
    Remove {
        email: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub struct ActsArgs {
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
}

pub async fn run(context: Context, command: &EditorCommand) -> Done {
    let office = &context.office;
    match command {
        EditorCommand::Add { email, name, role, locale } => {
            let wish = EditorWish { name: name.as_deref().map(text::single_line), role: *role, locale: *locale };
            let (editor, is_changed) = office.add_editor(BY, &email.parse()?, &wish).await?;
            if !is_changed && !context.out.is_json() {
                note(&format!("{email} is so already; nothing was changed."));
                return Ok(());
            }
            context.out.show(&EditorRecord::from(&editor), || format!("{email}: {}.\n", editor.role))
        }
        EditorCommand::List => {
            let editors = office.editors().await?;
            let records: Vec<_> = editors.iter().map(EditorRecord::from).collect();
            context.out.show(&records, || {
                if editors.is_empty() {
                    return "No editors.\n".into();
                }
                let text = |value: Option<String>| value.unwrap_or_default();
                let rows = editors.iter().map(|editor| {
                    let email = text(editor.email.as_ref().map(ToString::to_string));
                    let locale = text(editor.locale.map(|locale| locale.to_string()));
                    let since = context.office.zone().at(editor.added_at).strftime("%Y-%m-%d").to_string();
                    vec![email, editor.name.clone(), editor.role.to_string(), locale, since]
                });
                table(&["EMAIL", "NAME", "ROLE", "LANGUAGE", "SINCE"], rows.collect())
            })
        }
        EditorCommand::Address { email, renew } => {
            let email = email.parse()?;
            let address = match renew {
                true => office.renew_forward_address(BY, &email).await?,
                false => office.forward_address(&email).await?,
            };
            let told = format!("{address}\n");
            context.out.show(&ForwardAddressRecord { email: &email, address }, || told)
        }
        EditorCommand::Link { email } => {
            let link = office.sign_in_address(&email.parse()?).await?;
            let told = format!("{link}\n");
            context.out.show(&SignInRecord { email: email.clone(), link }, || told)
        }
        EditorCommand::Remove { email, yes } => {
            let editor = office.editor(&email.parse()?).await?;
            confirm(&format!("Take {email} off the editors?"), *yes)?;
            office.remove_editor(BY, &email.parse()?).await?;
            context.out.show(&EditorRecord::from(&editor), || format!("{email} is no editor any more.\n"))
        }
    }
}

/// What was done that no event's history tells.
pub async fn acts(context: Context, args: &ActsArgs) -> Done {
    let acts = context.office.acts(Stretch::newest(args.limit)).await?;
    let records: Vec<_> = acts.iter().map(|told| ActRecord::of(&told.act, &told.by, &told.about)).collect();
    context.out.show(&records, || {
        if acts.is_empty() {
            return "Nothing was done yet.\n".into();
        }
        let rows = acts.iter().map(|told| {
            let at = context.office.zone().at(told.act.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
            vec![at, told.by.clone(), told.act.deed.to_string(), told.about.clone(), told.act.detail.clone()]
        });
        table(&["AT", "BY", "DID", "ABOUT", "MORE"], rows.collect())
    })
}
