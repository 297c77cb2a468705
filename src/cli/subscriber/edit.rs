//! `kalends subscriber edit`

use std::str::FromStr;

use clap::Args;

use super::describe::of_edit;
use crate::cli::{BY, Context, Done};
use crate::domain::event::Kind;
use crate::domain::subscriber::{ListEdit, SubscriberEdit};
use crate::domain::{Invalid, text};
use crate::shape::subscriber::EditedSubscriber;

/// Where several are taken, "" stands for none of them.
#[derive(Debug, Args)]
pub struct EditArgs {
    email: String,
    /// "" takes it away, here and below
    #[arg(long)]
    name: Option<String>,
    /// Exactly these digests; may be given several times
    #[arg(long, value_name = "SLUG")]
    digest: Vec<String>,
    /// This one too
    #[arg(long, value_name = "SLUG")]
    add_digest: Vec<String>,
    /// No more of this one
    #[arg(long, value_name = "SLUG")]
    remove_digest: Vec<String>,
    /// Exactly these topics; may be given several times; "" stands for all topics
    #[arg(long)]
    topic: Vec<String>,
    /// This one too
    #[arg(long, value_name = "TOPIC")]
    add_topic: Vec<String>,
    /// No more of this one
    #[arg(long, value_name = "TOPIC")]
    remove_topic: Vec<String>,
    /// Exactly these kinds of events; may be given several times; "" stands for all kinds
    #[arg(long)]
    kind: Vec<String>,
    /// This one too
    #[arg(long, value_name = "KIND")]
    add_kind: Vec<Kind>,
    /// No more of this one
    #[arg(long, value_name = "KIND")]
    remove_kind: Vec<Kind>,
    /// Their time zone
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The hour of their own day (0 to 23) at which mail comes, where a digest leaves that to its readers
    #[arg(long)]
    hour: Option<String>,
    /// The language of their mail, such as en or zh-Hans
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
}

pub async fn run(context: Context, args: &EditArgs) -> Done {
    let edited = context.office.edit_subscriber(BY, &args.email.parse()?, &edit(args)?, |_| Ok(())).await?;
    context.out.show(&EditedSubscriber::from(&edited), || of_edit(&edited))
}

fn edit(args: &EditArgs) -> Result<SubscriberEdit, Invalid> {
    let labels = |list: &[String]| text::labels("topic", list.iter().map(String::as_str));
    let filled = |list: &[String]| list.iter().filter(|word| !word.trim().is_empty()).cloned().collect::<Vec<_>>();
    let kinds = filled(&args.kind);
    Ok(SubscriberEdit {
        name: args.name.as_deref().map(text::single_line),
        digests: ListEdit {
            to: given(&args.digest).map(filled),
            add: args.add_digest.clone(),
            remove: args.remove_digest.clone(),
        },
        topics: ListEdit {
            to: given(&args.topic).map(labels).transpose()?,
            add: labels(&args.add_topic)?,
            remove: labels(&args.remove_topic)?,
        },
        kinds: ListEdit {
            to: given(&args.kind).map(|_| Kind::list(kinds.iter().map(String::as_str))).transpose()?,
            add: args.add_kind.clone(),
            remove: args.remove_kind.clone(),
        },
        timezone: one(args.tz.as_deref())?,
        send_hour: one(args.hour.as_deref())?,
        locale: one(args.locale.as_deref())?,
    })
}

fn given(list: &[String]) -> Option<&[String]> {
    Some(list).filter(|list| !list.is_empty())
}

/// None if nothing was said, none inside if it is to be taken away.
fn one<T: FromStr<Err = Invalid>>(value: Option<&str>) -> Result<Option<Option<T>>, Invalid> {
    value.map(|value| Some(value).filter(|value| !value.trim().is_empty()).map(str::parse).transpose()).transpose()
}
