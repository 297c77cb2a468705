//! `/admin/deliveries`: each mail, what became of it, and sending it again. Who may not see readers sees their addresses masked,
//! also in what servers said.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::{Choice, Chrome};
use super::sent::Sent;
use super::trouble::Trouble;
use super::visitor::{At, Editions};
use crate::domain::address::EmailAddress;
use crate::domain::edition::{Delivery, DeliveryStatus};
use crate::domain::links::DESK;
use crate::domain::right::Right;
use crate::domain::wording::Locale;
use crate::office::{DeliveryQuery, Retry};
use crate::shape::status::FailureRecord;

/// So many are on a page, the newest first.
const ON_A_PAGE: u32 = 50;

pub fn router() -> Router<Desk> {
    Router::new().route("/deliveries", get(show).post(retry))
}

struct Row {
    id: i64,
    edition: String,
    address: String,
    status: String,
    attempts: i64,
    next: String,
    said: String,
    may_be_sent_again: bool,
}

/// Mails that did not go for one reason.
pub struct FailureView {
    /// How many, and how they are.
    pub what: String,
    /// With nobody's address.
    pub reason: String,
    /// Where they are listed.
    pub url: String,
}

impl FailureView {
    pub fn of(failure: FailureRecord, locale: Locale) -> Self {
        let FailureRecord { status, reason, deliveries, edition, .. } = failure;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("status", status).extend_pairs(edition.map(|edition| ("edition", edition)));
        let told = [("count", deliveries.into()), ("status", status.into())];
        Self {
            what: locale.tell("desk-did-not-go", told),
            reason,
            url: format!("{DESK}/deliveries?{}", query.finish()),
        }
    }
}

#[derive(Template)]
#[template(path = "desk/deliveries.html")]
struct DeliveriesPage {
    chrome: Chrome,
    rows: Vec<Row>,
    statuses: Vec<Choice>,
    edition: String,
    /// None who may not see readers.
    address: Option<String>,
    wrong: String,
    done: String,
    next: String,
}

async fn show(at: At<Editions>) -> Result<Response, Trouble> {
    page(&at, String::new(), StatusCode::OK).await
}

async fn page(at: &At<Editions>, mut wrong: String, mut status: StatusCode) -> Result<Response, Trouble> {
    let (locale, sees_readers) = (at.locale(), at.may(Right::Readers));
    let text = |name: &str| at.asked(name).unwrap_or_default().to_owned();
    let address = at.asked("address").filter(|_| sees_readers);
    let asked = |address: Option<EmailAddress>| DeliveryQuery {
        edition: at.asked("edition").and_then(|edition| edition.parse().ok()),
        status: at.asked("status").and_then(|status| status.parse().ok()),
        address,
        before: at.asked("before").and_then(|before| before.parse().ok()),
        limit: Some(ON_A_PAGE),
        ..DeliveryQuery::default()
    };
    let found = match address.map(str::parse::<EmailAddress>).transpose() {
        Ok(address) => at.office().deliveries(asked(address)).await,
        Err(error) => Err(error.into()),
    };
    let mut deliveries = match found {
        Ok(found) => found,
        Err(error) => {
            (wrong, status) = at.refusal(error)?;
            Vec::new()
        }
    };
    deliveries.sort_by_key(|delivery| std::cmp::Reverse(delivery.id));
    let last = deliveries.last().filter(|_| deliveries.len() == ON_A_PAGE as usize).map(|delivery| delivery.id);
    let chosen = at.asked("status");
    let page = DeliveriesPage {
        chrome: at.chrome(locale.say("desk-deliveries")).await?,
        rows: deliveries.iter().map(|delivery| row_of(at, delivery, sees_readers)).collect(),
        statuses: DeliveryStatus::ALL
            .iter()
            .map(|status| Choice {
                value: status.to_string(),
                label: status_name(*status, locale),
                is_chosen: chosen == Some(status.as_str()),
            })
            .collect(),
        edition: text("edition"),
        address: sees_readers.then(|| text("address")),
        wrong,
        done: at.done(),
        next: last.map(|last| at.further("before", &last.to_string())).unwrap_or_default(),
    };
    page.chrome.page(status, &page)
}

/// What a state is called.
pub fn status_name(status: DeliveryStatus, locale: Locale) -> String {
    locale.say(match status {
        DeliveryStatus::Queued => "desk-tally-queued",
        DeliveryStatus::Sending => "desk-tally-sending",
        DeliveryStatus::Sent => "desk-tally-sent",
        DeliveryStatus::Deferred => "desk-tally-deferred",
        DeliveryStatus::Failed => "desk-tally-failed",
        DeliveryStatus::Uncertain => "desk-tally-uncertain",
        DeliveryStatus::Suppressed => "desk-tally-suppressed",
    })
}

fn row_of(at: &At<Editions>, delivery: &Delivery, sees_readers: bool) -> Row {
    let said = delivery.error.clone().unwrap_or_default();
    let (address, said) = match sees_readers {
        true => (delivery.address.to_string(), said),
        false => (delivery.address.masked(), delivery.address.masked_in(&said)),
    };
    Row {
        id: delivery.id,
        edition: delivery.edition_name.as_ref().map(ToString::to_string).unwrap_or_default(),
        address,
        status: status_name(delivery.status, at.locale()),
        attempts: delivery.attempts,
        next: delivery.next_at.map(|next| at.moment(next)).unwrap_or_default(),
        said,
        may_be_sent_again: matches!(
            delivery.status,
            DeliveryStatus::Failed | DeliveryStatus::Deferred | DeliveryStatus::Uncertain
        ),
    }
}

async fn retry(at: At<Editions>, sent: Sent) -> Result<Response, Trouble> {
    let Ok(id) = sent.text("id").parse() else { return Err(Trouble::NotFound) };
    match at.office().retry_deliveries(&at.by(), &Retry::One(id)).await {
        Ok(_) => Ok(Redirect::to(&format!("{DESK}/deliveries?done=retried")).into_response()),
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            page(&at, wrong, status).await
        }
    }
}
