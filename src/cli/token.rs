//! `kalends token …`

use clap::Subcommand;
use jiff::Timestamp;

use super::output::{confirm, table};
use super::{BY, Context, Done};
use crate::config::Period;
use crate::domain::Invalid;
use crate::domain::bearer::{Scope, Scopes, Token};
use crate::domain::moment::moment;
use crate::office::Office;
use crate::shape::token::TokenRecord;
use crate::store::NewToken;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a program that uses the API; it is shown once and kept nowhere
    ///
    /// `events:read` shows drafts and private entries, too. `digests:read` shows how editions go in numbers; whom they
    /// went to, and what came back, `operate` shows. Whoever may write may read.
    Add {
        /// By which history knows the program, such as robot
        name: String,
        /// What it may do: events:read, events:write, articles:…, subscribers:…, digests:…, operate; may be given several
        /// times
        #[arg(long, required = true, value_name = "SCOPE")]
        scope: Vec<Scope>,
        /// When it opens nothing any more: after a time such as 90d, or from a day or moment on [default: never]
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// List the tokens that are in force, with their last use
    List,
    /// From now on it opens nothing
    Revoke {
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// A length of time from now on, or a moment.
fn end(text: &str, office: &Office) -> Result<Timestamp, Invalid> {
    let Ok(period) = text.parse::<Period>() else {
        return moment(text, office.zone())
            .map_err(|error| Invalid(format!("{error}; or a length of time, such as 90d")));
    };
    let end = office.zone().at(office.now()).checked_add(period.span());
    end.map(|end| end.timestamp()).map_err(|_| Invalid(format!("`{text}` leads further than any calendar")))
}

pub async fn run(context: Context, command: &TokenCommand) -> Done {
    let office = &context.office;
    match command {
        TokenCommand::Add { name, scope, expires } => {
            let expires_at = expires.as_deref().map(|text| end(text, office)).transpose()?;
            let Some(scopes) = Scopes::new(scope.iter().copied()) else { unreachable!("one is required") };
            let wish = NewToken { name: name.trim().to_owned(), scopes, expires_at };
            let (token, secret) = office.add_token(BY, &wish).await?;
            context.out.show(&TokenRecord::made(&token, &secret), || {
                format!(
                    "{}\n\nThis is shown once. The program sends it as `Authorization: Bearer …`; it may do: {}.\n",
                    secret.expose(),
                    token.scopes
                )
            })
        }
        TokenCommand::List => {
            let tokens = office.tokens().await?;
            let records: Vec<_> = tokens.iter().map(TokenRecord::from).collect();
            context.out.show(&records, || match tokens.is_empty() {
                true => "No tokens.\n".into(),
                false => table(
                    &["NAME", "MAY", "SINCE", "UNTIL", "LAST USED"],
                    tokens.iter().map(|token| row(&context, token)).collect(),
                ),
            })
        }
        TokenCommand::Revoke { name, yes } => {
            let token = office.token(name).await?;
            confirm(&format!("Revoke the token {name}? What uses it stops working."), *yes)?;
            office.revoke_token(BY, name).await?;
            context.out.show(&TokenRecord::from(&token), || format!("The token {name} is revoked.\n"))
        }
    }
}

fn row(context: &Context, token: &Token) -> Vec<String> {
    let zone = context.office.zone();
    let at = |at: jiff::Timestamp| zone.at(at).strftime("%Y-%m-%d %H:%M").to_string();
    let until = match token.expires_at {
        None => "never ends".to_owned(),
        Some(end) if end <= context.office.now() => format!("{} (over)", at(end)),
        Some(end) => at(end),
    };
    let used = token.last_used_at.map_or_else(|| "never".to_owned(), at);
    vec![token.name.clone(), token.scopes.to_string(), at(token.created_at), until, used]
}
