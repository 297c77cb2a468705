//! The single dates of a series: each moved, cancelled or taken up again in a list.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::super::chrome::Chrome;
use super::super::sent::Sent;
use super::super::trouble::Trouble;
use super::super::visitor::{At, Events};
use crate::domain::event::{Event, EventPatch};
use crate::domain::links::DESK;
use crate::domain::spoken;
use crate::domain::when::Point;
use crate::domain::{FieldError, Invalid};
use crate::office::Aim;

/// So many dates are on a page.
const ON_A_PAGE: usize = 24;

struct Date {
    /// Its start by the rule, by which it is named.
    occurrence: String,
    when: String,
    /// What the rule gives it, where it is otherwise.
    instead_of: String,
    is_cancelled: bool,
    reason: String,
    place: String,
    /// What somebody typed that was not taken, and why.
    typed: String,
    wrong: String,
}

#[derive(Template)]
#[template(path = "desk/dates.html")]
struct DatesPage {
    chrome: Chrome,
    id: i64,
    title: String,
    rule: String,
    dates: Vec<Date>,
    seen: i64,
    done: String,
    next: String,
}

/// What was typed for one date and not taken.
struct Refusal {
    occurrence: String,
    typed: String,
    said: String,
    status: StatusCode,
}

pub async fn show(at: At<Events>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    page(&at, id, None).await
}

pub async fn act(at: At<Events>, Path(id): Path<i64>, sent: Sent) -> Result<Response, Trouble> {
    let (office, by) = (at.office(), at.by());
    let occurrence: Point = match sent.text("occurrence").parse() {
        Ok(occurrence) => occurrence,
        Err(_) => return Err(Trouble::NotFound),
    };
    let aim = Aim { occurrence: Some(occurrence), seen: sent.text("seen").parse().ok(), ..Aim::at(id) };
    let acted = match sent.button() {
        "move" => match moved(&at, id, &sent).await? {
            Ok(patch) => office.move_event(&by, aim, &patch).await.map(|_| "saved"),
            Err(wrong) => Err(wrong.into()),
        },
        "cancel" => office.cancel_event(&by, aim, sent.text("reason")).await.map(|_| "cancelled"),
        "restore" => office.restore_event(&by, aim).await.map(|_| "restored"),
        "remove" => office.remove_event(&by, aim).await.map(|_| "removed"),
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(done) => Ok(Redirect::to(&format!("{DESK}/events/{id}/dates?done={done}")).into_response()),
        Err(error) => {
            let (said, status) = at.refusal(error)?;
            let (occurrence, typed) = (occurrence.to_string(), sent.text("start").to_owned());
            page(&at, id, Some(Refusal { occurrence, typed, status, said })).await
        }
    }
}

/// To when somebody moves a date.
async fn moved(at: &At<Events>, id: i64, sent: &Sent) -> Result<Result<EventPatch, FieldError>, Trouble> {
    let event = at.office().event(id).await?.event;
    let now = event.details.when.zone().at(at.office().now()).datetime();
    let typed = sent.text("start").trim();
    if typed.is_empty() {
        return Ok(Err(FieldError::of("start")(Invalid::new("say to when it is moved"))));
    }
    let span = spoken::read(typed, now).and_then(|reading| reading.only(typed)).map_err(FieldError::of("start"));
    Ok(span.map(|span| EventPatch { start: Some(span.start), end: span.end.map(Some), ..EventPatch::default() }))
}

async fn page(at: &At<Events>, id: i64, refusal: Option<Refusal>) -> Result<Response, Trouble> {
    let shown = at.office().event(id).await?;
    let event = &shown.event;
    if event.details.repeat.is_none() {
        return Err(Trouble::NotFound);
    }
    let locale = at.locale();
    let from = at.asked("from").and_then(|from| from.parse::<Timestamp>().ok());
    let mut dates = match from {
        Some(from) => event.next_occurrences(from, ON_A_PAGE + 1),
        None => event.next_or_first_occurrences(at.office().now(), ON_A_PAGE + 1),
    };
    let next = dates.get(ON_A_PAGE).map(|date| date.details.when.first_instant());
    dates.truncate(ON_A_PAGE);
    let page = DatesPage {
        chrome: at.chrome(locale.say("desk-dates")).await?,
        id,
        title: event.details.title.clone(),
        rule: locale.repeat_of(&event.details),
        dates: dates.iter().map(|date| date_of(at, event, date, refusal.as_ref())).collect(),
        seen: shown.version,
        done: at.done(),
        next: next.map(|next| format!("{DESK}/events/{id}/dates?from={next}")).unwrap_or_default(),
    };
    let status = refusal.as_ref().map_or(StatusCode::OK, |refusal| refusal.status);
    page.chrome.page(status, &page)
}

fn date_of(at: &At<Events>, series: &Event, date: &Event, refusal: Option<&Refusal>) -> Date {
    let locale = at.locale();
    let start = date.occurrence.unwrap_or_else(|| date.details.when.start());
    let plain = series.plain_occurrence(start);
    let refusal = refusal.filter(|refusal| refusal.occurrence == start.to_string());
    Date {
        occurrence: start.to_string(),
        when: locale.when(&date.details.when),
        instead_of: match plain.details.when == date.details.when {
            true => String::new(),
            false => locale.with("event-instead-of", "when", locale.when(&plain.details.when)),
        },
        is_cancelled: date.is_cancelled(),
        reason: date.cancel_reason.clone(),
        place: date.details.place().to_owned(),
        typed: refusal.map(|refusal| refusal.typed.clone()).unwrap_or_default(),
        wrong: refusal.map(|refusal| refusal.said.clone()).unwrap_or_default(),
    }
}
