//! An edition that went out, or is about to: how its sending goes, holding it, sending again, correcting it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::live::{Phase, ProgressView};
use super::name;
use crate::domain::address::EmailAddress;
use crate::domain::edition::EditionRef;
use crate::domain::links::DESK;
use crate::domain::right::Right;
use crate::office::Retry;
use crate::shape::edition::ChangedEvent;
use crate::web::desk::chrome::Chrome;
use crate::web::desk::sent::Sent;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::visitor::{At, Editions};

#[derive(Template)]
#[template(path = "desk/gone.html")]
struct GonePage {
    chrome: Chrome,
    when: String,
    progress: ProgressView,
    /// Where it is told as it goes; empty if it goes no more.
    live: String,
    is_stopped: bool,
    can_be_stopped: bool,
    can_be_sent_again: bool,
    /// Whether somebody has it whom a correction could reach.
    can_be_corrected: bool,
    /// Of one that is stopped: what it tells otherwise than it is now.
    changed: Vec<ChangedEvent>,
    archive: String,
    deliveries: String,
    left: i64,
    complained: i64,
    sees_readers: bool,
    correction: String,
    is_mailed: bool,
    email: String,
    typed_at: String,
    wrong: String,
    done: String,
}

pub async fn show(at: At<Editions>, Path((slug, number)): Path<(String, i64)>) -> Result<Response, Trouble> {
    let (sent, typed_at) = at.typed_or(Sent::default()).await?;
    page(&at, &name(&slug, number)?, &sent, typed_at, String::new(), StatusCode::OK).await
}

async fn page(
    at: &At<Editions>,
    wanted: &EditionRef,
    sent: &Sent,
    typed_at: String,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let office = at.office();
    let shown = office.edition_status(wanted).await?;
    let edition = &shown.edition;
    let name = format!("{}/{}", edition.digest, edition.number);
    let progress = ProgressView::of(at, edition).await?;
    let tally = &edition.tally;
    let changed = match progress.phase {
        Phase::Stopped => office.held_edition(wanted).await?.changed,
        _ => Vec::new(),
    };
    let page = GonePage {
        chrome: at.chrome(name.clone()).await?,
        when: at.moment(edition.scheduled_for),
        live: if progress.phase.may_turn() { format!("{DESK}/editions/{name}/live") } else { String::new() },
        is_stopped: progress.phase == Phase::Stopped,
        can_be_stopped: progress.phase == Phase::Going,
        can_be_sent_again: !edition.given_up && tally.miscarried() > 0,
        can_be_corrected: tally.sent + tally.uncertain + tally.sending > 0,
        progress,
        changed,
        archive: format!("/archive/{name}"),
        deliveries: format!("{DESK}/deliveries?edition={name}"),
        left: shown.lost.left,
        complained: shown.lost.complained,
        sees_readers: at.may(Right::Readers),
        correction: sent.text("text").to_owned(),
        is_mailed: sent.one("mail").is_some(),
        email: sent.text("email").to_owned(),
        typed_at,
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

pub async fn act(at: At<Editions>, Path((slug, number)): Path<(String, i64)>, sent: Sent) -> Result<Response, Trouble> {
    let (office, by, wanted) = (at.office(), at.by(), name(&slug, number)?);
    let acted = match sent.button() {
        "stop" => office.stop_edition(&by, &wanted).await.map(|_| "saved".to_owned()),
        "go-on" => office.go_on_with_edition(&by, &wanted).await.map(|_| "saved".to_owned()),
        "drop" => office.give_up_edition(&by, &wanted).await.map(|_| "saved".to_owned()),
        "retry" => {
            let retried = office.retry_deliveries(&by, &Retry::Edition(wanted.clone())).await;
            retried.map(|(retried, _)| format!("retried-all&count={}", retried.queued))
        }
        "correct" => {
            let text = sent.text("text").as_bytes();
            let corrected = office.correct_edition(&by, &wanted, text, sent.one("mail").is_some()).await;
            corrected.map(|record| match record.mailed {
                Some(mailed) => format!("corrected-mailed&count={mailed}"),
                None => "corrected".to_owned(),
            })
        }
        "resend" if at.may(Right::Readers) => match sent.text("email").trim().parse::<EmailAddress>() {
            Ok(email) => office.resend_edition(&by, &wanted, &email).await.map(|_| "resent".to_owned()),
            Err(error) => Err(error.into()),
        },
        "resend" => return Err(Trouble::NotYours),
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(done) => Ok(Redirect::to(&format!("{DESK}/editions/{slug}/{number}?done={done}")).into_response()),
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            page(&at, &wanted, &sent, String::new(), wrong, status).await
        }
    }
}
