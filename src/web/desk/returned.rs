//! `/admin/bounces`: the relays that mail goes out by, the ways by which it comes back, and what did.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Desk;
use super::chrome::{Choice, Chrome};
use super::trouble::Trouble;
use super::visitor::{At, Machine};
use crate::domain::bounce::{Bounce, Class};
use crate::domain::links::DESK;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::office::Stretch;

/// So many are on a page, the newest first.
const ON_A_PAGE: usize = 50;

pub fn router() -> Router<Desk> {
    Router::new().route("/bounces", get(list)).route("/bounces/{id}", get(show))
}

/// A relay, or a way back.
struct Lane {
    name: String,
    said: String,
    is_well: bool,
}

struct Row {
    url: String,
    when: String,
    address: String,
    class: String,
    said: String,
    counted: bool,
}

#[derive(Template)]
#[template(path = "desk/bounces.html")]
struct ListPage {
    chrome: Chrome,
    relays: Vec<Lane>,
    ways: Vec<Lane>,
    classes: Vec<Choice>,
    rows: Vec<Row>,
    next: String,
}

async fn list(at: At<Machine>) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let relays = office.relays().await?.into_iter().map(|relay| Lane {
        is_well: relay.stopped_since.is_none(),
        said: match relay.stopped_since {
            None => locale.say("desk-relay-well"),
            Some(since) => {
                let next = relay.next_at.map(|next| at.moment(next)).unwrap_or_default();
                let reason = relay.reason.unwrap_or_default();
                let told = [("when", at.moment(since).into()), ("reason", reason.into()), ("next", next.into())];
                locale.tell("desk-relay-stopped", told)
            }
        },
        name: relay.relay,
    });
    let ways = office.ways().await?.into_iter().map(|way| Lane {
        name: way.way.to_string(),
        is_well: way.trouble.is_none(),
        said: match (way.trouble, way.last_at) {
            (Some(trouble), _) => trouble,
            (None, Some(last)) => {
                let told = way.told.iter().map(|(what, number)| format!("{number} {what}")).collect::<Vec<_>>();
                locale.tell("desk-way-told", [("when", at.moment(last).into()), ("told", told.join(", ").into())])
            }
            (None, None) => locale.say("desk-way-silent"),
        },
    });
    let class = at.asked("class").and_then(|class| class.parse::<Class>().ok());
    let before = at.asked("before").and_then(|before| before.parse().ok());
    let mut bounces = office.bounces(class, Stretch { before, limit: Some(ON_A_PAGE + 1) }).await?;
    let is_more = bounces.len() > ON_A_PAGE;
    bounces.truncate(ON_A_PAGE);
    let next = bounces.last().filter(|_| is_more).map(|last| at.further("before", &last.id.to_string()));
    let page = ListPage {
        chrome: at.chrome(locale.say("desk-mail-paths")).await?,
        relays: relays.collect(),
        ways: ways.collect(),
        classes: Class::ALL
            .iter()
            .map(|known| Choice {
                value: known.to_string(),
                label: class_name(*known, locale),
                is_chosen: class == Some(*known),
            })
            .collect(),
        rows: bounces.iter().map(|bounce| row_of(&at, bounce)).collect(),
        next: next.unwrap_or_default(),
    };
    page.chrome.page(StatusCode::OK, &page)
}

fn row_of(at: &At<Machine>, bounce: &Bounce) -> Row {
    Row {
        url: format!("{DESK}/bounces/{}", bounce.id),
        when: at.moment(bounce.at),
        address: bounce.address.clone().unwrap_or_default(),
        class: class_name(bounce.class, at.locale()),
        said: bounce.diagnostic.clone().unwrap_or_default(),
        counted: bounce.counted,
    }
}

fn class_name(class: Class, locale: Locale) -> String {
    locale.say(match class {
        Class::Hard => "desk-class-hard",
        Class::Soft => "desk-class-soft",
        Class::Delayed => "desk-class-delayed",
        Class::Complaint => "desk-class-complaint",
        Class::Unknown => "desk-class-unknown",
    })
}

#[derive(Template)]
#[template(path = "desk/bounce.html")]
struct BouncePage {
    chrome: Chrome,
    row: Row,
    status: String,
    way: String,
    verified: bool,
    delivery: String,
    /// As it came, without what a terminal or a page would act on; empty where it was understood and not kept.
    message: String,
}

async fn show(at: At<Machine>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let (bounce, message) = at.office().bounce(id).await?;
    let page = BouncePage {
        chrome: at.chrome(at.locale().say("desk-returned")).await?,
        row: row_of(&at, &bounce),
        status: bounce.status.clone().unwrap_or_default(),
        way: bounce.way.map(|way| way.to_string()).unwrap_or_default(),
        verified: bounce.verified,
        delivery: bounce.delivery.map(|id| id.to_string()).unwrap_or_default(),
        message: message.map(|octets| text::multi_line(&String::from_utf8_lossy(&octets))).unwrap_or_default(),
    };
    page.chrome.page(StatusCode::OK, &page)
}
