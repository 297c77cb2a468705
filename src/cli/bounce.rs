//! `kalends bounce`: one message on standard input, from a mail server, that came back or was forwarded; and what came back so
//! far.

use std::io::{self, IsTerminal, Read};

use clap::{Args, Subcommand};

use super::output::{note, print, table};
use super::{Cli, Context, Done, Failure};
use crate::domain::bounce::{Bounce, Class, KnownBy, PROVED_DAYS, Taken, TakenClass, Way, WhyNot};
use crate::domain::forward::LARGEST_FORWARD;
use crate::domain::text;
use crate::office::{Recipients, Stretch};
use crate::shape::bounce as shape;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BounceArgs {
    /// The address that the message came to, if the mail server does not tell it in the environment
    #[arg(long, value_name = "ADDR")]
    recipient: Option<String>,
    /// The envelope sender, empty for none, if the mail server does not tell it in the environment
    #[arg(long, value_name = "ADDR")]
    sender: Option<String>,
    #[command(subcommand)]
    command: Option<BounceCommand>,
}

#[derive(Debug, Subcommand)]
enum BounceCommand {
    /// List what came back, the newest first
    List {
        /// hard, soft, delayed, complaint or unknown
        #[arg(long)]
        class: Option<Class>,
    },
    /// Show one, with its message if that could not be understood
    Show { id: i64 },
}

pub async fn run(cli: &Cli, args: &BounceArgs) -> Done {
    match &args.command {
        None => take(cli, args.recipient.as_deref(), args.sender.clone()).await,
        Some(BounceCommand::List { class }) => list(Context::open(cli).await?, *class).await,
        Some(BounceCommand::Show { id }) => show(Context::open(cli).await?, *id).await,
    }
}

/// What can't be read is no failure, or the mail server would send it back; what can't be kept is to be tried again.
async fn take(cli: &Cli, recipient: Option<&str>, sender: Option<String>) -> Done {
    if io::stdin().is_terminal() {
        return Err(Failure::Usage("give one message on standard input: `kalends bounce < message.eml`".into()));
    }
    let message = read_input().map_err(Failure::try_later)?;
    if message.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::Usage("standard input is empty: give one message".into()));
    }
    let recipients = match recipient {
        Some(recipient) => Recipients::Known(vec![recipient.to_owned()]),
        None => Recipients::Likely(environment(|name| std::env::var(name).ok())),
    };
    let context = Context::open(cli).await.map_err(Failure::try_later)?;
    let config = &context.office.config;
    if config.bounce.address.is_none() && config.intake.address.is_none() {
        note("[bounce] address is not configured: nothing can be proved, so nothing will be changed.");
    }
    // Postfix's local, Exim and qmail tell it so.
    let sender = sender.or_else(|| std::env::var("SENDER").ok());
    // Whatever it is: the mail server keeps the message and tries again.
    let taken = context
        .office
        .take_return(Way::Command, recipients, sender.as_deref(), &message)
        .await
        .map_err(Failure::try_later)?;
    let records: Vec<_> = taken.iter().map(shape::Taken::from).collect();
    context.out.show(&records, || match taken.is_empty() {
        true => "Nothing failed.\n".into(),
        false => taken.iter().map(|taken| told(taken) + "\n").collect(),
    })
}

/// One sentence for people.
fn told(taken: &Taken) -> String {
    let who = taken.address.as_deref().unwrap_or("an address that is not told");
    let class = match taken.class {
        TakenClass::Unsubscribe => return format!("{who}: {}.", taken.diagnostic.as_deref().unwrap_or("unsubscribe")),
        TakenClass::Forwarded => return format!("Forwarded; {}.", taken.diagnostic.as_deref().unwrap_or("taken")),
        TakenClass::Report(Class::Unknown) => "not understood; it is kept, see `kalends bounce list`",
        TakenClass::Report(class) => class.as_str(),
    };
    let said = taken.diagnostic.as_ref().map(|said| format!(" ({said})")).unwrap_or_default();
    let proof = match taken.why_not {
        _ if !taken.verified => " Nothing was changed: the address it came to proves nothing.",
        Some(WhyNot::AboutUs) => " Nothing was changed: it is about us or the message, and not about the address.",
        Some(WhyNot::TooLate) => &format!(" Nothing was changed: it came more than {PROVED_DAYS} days after the mail."),
        None => "",
    };
    format!("{who}: {class}{said}.{proof}")
}

/// The whole message is taken from the server, and as much of it kept as is read.
fn read_input() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    let mut message = Vec::new();
    // One octet more shows that there is more.
    input.by_ref().take(LARGEST_FORWARD as u64 + 1).read_to_end(&mut message)?;
    io::copy(&mut input, &mut io::sink())?;
    Ok(message)
}

/// How mail servers tell a program the recipient: Postfix and OpenSMTPD by ORIGINAL_RECIPIENT or RECIPIENT, Exim in
/// pieces of the local part, qmail by RECIPIENT or LOCAL and HOST.
fn environment(get: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let whole = ["ORIGINAL_RECIPIENT", "RECIPIENT"].iter().filter_map(|name| get(name));
    let piece = |name| get(name).unwrap_or_default();
    let exim = get("LOCAL_PART")
        .map(|local| format!("{}{local}{}", piece("LOCAL_PART_PREFIX"), piece("LOCAL_PART_SUFFIX")))
        .zip(get("DOMAIN"));
    let local = get("LOCAL").zip(get("DOMAIN").or_else(|| get("HOST")));
    let with_extension =
        get("USER").zip(get("EXTENSION")).map(|(user, extension)| format!("{user}+{extension}")).zip(get("DOMAIN"));
    whole
        .chain([exim, local, with_extension].into_iter().flatten().map(|(local, domain)| format!("{local}@{domain}")))
        .filter(|address| address.len() > 1)
        .collect()
}

async fn list(context: Context, class: Option<Class>) -> Done {
    let bounces = context.office.bounces(class, Stretch::default()).await?;
    let records: Vec<_> = bounces.iter().map(shape::Bounce::from).collect();
    context.out.show(&records, || {
        if bounces.is_empty() {
            return "Nothing came back.\n".into();
        }
        let rows = bounces.iter().map(|bounce| {
            vec![
                bounce.id.to_string(),
                bounce.at.to_string(),
                bounce.address.clone().unwrap_or_default(),
                bounce.class.to_string(),
                bounce.status.clone().unwrap_or_default(),
                if bounce.verified { "yes" } else { "no" }.to_owned(),
                bounce.way.map(|way| way.to_string()).unwrap_or_default(),
                bounce.diagnostic.clone().unwrap_or_default(),
            ]
        });
        table(&["ID", "AT", "ADDRESS", "CLASS", "STATUS", "VERIFIED", "WAY", "DIAGNOSTIC"], rows.collect())
    })
}

async fn show(context: Context, id: i64) -> Done {
    let (bounce, message) = context.office.bounce(id).await?;
    let record = shape::BounceWithMessage::of(&bounce, message.as_deref());
    if context.out.is_json() {
        return context.out.show(&record, String::new);
    }
    let mut lines = vec![
        ("came", bounce.at.to_string()),
        ("class", bounce.class.to_string()),
        ("way", bounce.way.map_or("not known: it came before this was kept".into(), |way| way.to_string())),
        ("verified", verified(&bounce).into()),
        ("counted", if bounce.counted { "yes".into() } else { "no".into() }),
    ];
    lines.extend(bounce.proof.map(|proof| ("known by", proof.to_string())));
    lines.extend(bounce.address.map(|address| ("address", address)));
    lines.extend(bounce.delivery.map(|delivery| ("delivery", delivery.to_string())));
    lines.extend(bounce.status.map(|status| ("status", status)));
    lines.extend(bounce.diagnostic.map(|diagnostic| ("diagnostic", diagnostic)));
    let mut text: String = lines.iter().map(|(name, value)| format!("{name:<11} {value}\n")).collect();
    if let Some(message) = record.message {
        // A stranger's octets on a terminal: no control characters.
        text += &format!("\n{}\n", text::multi_line(&message));
    }
    print(&text)
}

fn verified(bounce: &Bounce) -> &'static str {
    match bounce.proof {
        _ if bounce.verified => "yes",
        Some(KnownBy::MessageId) => "no: whoever has the mail knows its Message-ID, so it is soft at most",
        _ => "no: it changed nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::environment;

    #[test]
    fn the_recipient_is_told_as_each_server_does() {
        for (variables, expected) in [
            (&[("ORIGINAL_RECIPIENT", "b+x@a"), ("RECIPIENT", "b@a")][..], &["b+x@a", "b@a"][..]),
            (&[("LOCAL_PART", "b"), ("LOCAL_PART_SUFFIX", "+x"), ("DOMAIN", "a")], &["b+x@a"]),
            (&[("USER", "b"), ("EXTENSION", "x"), ("DOMAIN", "a"), ("LOCAL", "b")], &["b@a", "b+x@a"]),
            (&[("LOCAL", "b+x"), ("HOST", "a")], &["b+x@a"]),
            (&[("USER", "root")], &[]),
        ] {
            let get = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(environment(get), expected, "{variables:?}");
        }
    }
}
