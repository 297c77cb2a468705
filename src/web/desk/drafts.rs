//! `/admin/drafts`: what texts, mails and sources proposed, one after the other with a key each, or many at once.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::Chrome;
use super::events::Row;
use super::sent::Sent;
use super::trouble::Trouble;
use super::visitor::{At, Events};
use crate::config::SourceUrl;
use crate::documents;
use crate::domain::dated::places;
use crate::domain::event::{Event, EventPatch, typed_list};
use crate::domain::links::DESK;
use crate::domain::text;
use crate::intake::extract::has_guessed_year;
use crate::office::{Act, Aim, Error, Text};

/// So many are on one page, by date.
const ON_A_PAGE: usize = 100;
/// Of a draft's words so much is shown, in characters.
const SHOWN_CHARS: usize = 2000;

pub fn router() -> Router<Desk> {
    Router::new().route("/drafts", get(list).post(take_in)).route("/drafts/{id}", get(show).post(decide))
}

#[derive(Template)]
#[template(path = "desk/drafts.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Waiting>,
    first: String,
    done: String,
    /// What was typed into the form for texts, and what is wrong with it.
    text: String,
    address: String,
    written: String,
    typed_at: String,
    wrong: String,
    found: String,
}

/// A draft in the list.
struct Waiting {
    row: Row,
    is_year_guessed: bool,
}

/// A part of a sentence.
struct Part {
    text: String,
    is_date: bool,
}

#[derive(Template)]
#[template(path = "desk/draft.html")]
struct DraftPage {
    chrome: Chrome,
    row: Row,
    /// Which of how many.
    place: String,
    is_year_guessed: bool,
    location: String,
    organizer: String,
    topics: String,
    standards: String,
    url: String,
    words: Vec<Vec<Part>>,
    twins: Vec<Row>,
    /// The event that it gives another date.
    moves: Option<Row>,
    next: String,
    previous: String,
    wrong: String,
    done: String,
}

/// By date.
async fn drafts(at: &At<Events>) -> Result<Vec<Event>, Trouble> {
    Ok(at.office().waiting_drafts(ON_A_PAGE).await?)
}

async fn list(at: At<Events>) -> Result<Response, Trouble> {
    let (sent, typed_at) = at.typed_or(Sent::default()).await?;
    list_page(&at, &sent, typed_at, String::new(), StatusCode::OK).await
}

async fn list_page(
    at: &At<Events>,
    sent: &Sent,
    typed_at: String,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let locale = at.locale();
    let drafts = drafts(at).await?;
    let found = at.asked("found").and_then(|found| found.parse::<i64>().ok());
    let page = ListPage {
        chrome: at.chrome(locale.say("desk-drafts")).await?,
        first: drafts.first().map(|draft| address(draft.id)).unwrap_or_default(),
        rows: drafts
            .iter()
            .map(|draft| Waiting { row: Row::of(draft, locale), is_year_guessed: has_guessed_year(draft) })
            .collect(),
        done: at.done(),
        text: sent.text("text").to_owned(),
        address: sent.text("address").to_owned(),
        written: sent.text("written").to_owned(),
        typed_at,
        wrong,
        found: found.map(|found| locale.with("desk-found", "count", found)).unwrap_or_default(),
    };
    page.chrome.page(status, &page)
}

/// Looks for dates in a text that was pasted, in a file, or in what an address has, and keeps them as drafts.
async fn take_in(at: At<Events>, sent: Sent) -> Result<Response, Trouble> {
    let office = at.office();
    let found = match read(&at, &sent).await {
        Ok(text) => office.extract(text).await,
        Err(error) => Err(error),
    };
    let kept = match found {
        Ok(found) => office.keep_proposals(&at.by(), &found.new).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(kept) => Ok(Redirect::to(&format!("{DESK}/drafts?found={}", kept.len())).into_response()),
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            list_page(&at, &sent, String::new(), wrong, status).await
        }
    }
}

async fn read(at: &At<Events>, sent: &Sent) -> Result<Text, Error> {
    use crate::domain::FieldError;
    use crate::domain::refused::Refused;
    use crate::domain::when::Point;

    let written = Some(sent.text("written").trim()).filter(|written| !written.is_empty());
    let written = written.map(Point::read_day).transpose().map_err(FieldError::of("written"))?;
    let (address, pasted) = (sent.text("address").trim(), sent.text("text"));
    let (octets, name) = match (sent.file("file"), address.is_empty(), pasted.trim().is_empty()) {
        (Some(file), ..) => (file.octets.to_vec(), file.name.as_str()),
        (None, true, true) => {
            let said = "paste a text, choose a file, or give an address";
            return Err(Refused::invalid(said).in_field("text").into());
        }
        (None, true, false) => (pasted.as_bytes().to_vec(), ""),
        (None, false, _) => {
            let wanted: SourceUrl = address.parse().map_err(FieldError::of("address"))?;
            // What can't be fetched is the address's doing.
            let fetched = at.office().look_up_from_outside(&wanted).await.map_err(|error| match error {
                Error::Failed(said) => Refused::invalid(text::single_line(&said)).in_field("address").into(),
                other => other,
            })?;
            (fetched.octets, address)
        }
    };
    let document = documents::read(&octets).await.map_err(Error::from)?;
    Ok(Text { document: Arc::new(document), name: name.to_owned(), form: None, written })
}

async fn show(at: At<Events>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    page(&at, id, String::new(), StatusCode::OK).await
}

async fn page(at: &At<Events>, id: i64, wrong: String, status: StatusCode) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let all = drafts(at).await?;
    let Some(here) = all.iter().position(|draft| draft.id == id) else {
        return Ok(Redirect::to(&format!("{DESK}/events/{id}")).into_response());
    };
    let draft = &all[here];
    let details = &draft.details;
    let around = |place: Option<usize>| place.and_then(|place| all.get(place)).map(|draft| address(draft.id));
    let twins = office.twins(draft).await?;
    let moves = match office.moved_by(id).await? {
        Some(event) => Some(Row::of(&office.event(event).await?.event, locale)),
        None => None,
    };
    let title = details.title.clone();
    let page = DraftPage {
        chrome: at.chrome(title).await?,
        row: Row::of(draft, locale),
        place: locale.tell("desk-draft-place", [("place", (here + 1).into()), ("all", all.len().into())]),
        is_year_guessed: has_guessed_year(draft),
        location: details.location.clone(),
        organizer: details.organizer.clone(),
        topics: details.topics.join("; "),
        standards: details.standards.join("; "),
        url: details.url.clone(),
        words: words(draft),
        twins: twins.iter().map(|twin| Row::of(twin, locale)).collect(),
        moves,
        next: around(here.checked_add(1)).unwrap_or_default(),
        previous: around(here.checked_sub(1)).unwrap_or_default(),
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

/// The draft's words, a paragraph each, with the date marked.
fn words(draft: &Event) -> Vec<Vec<Part>> {
    let shown = text::clip(&draft.details.description, SHOWN_CHARS);
    let start = draft.details.when.start();
    let paragraphs = shown.lines().map(|line| line.trim_start_matches("> ").trim()).filter(|line| !line.is_empty());
    paragraphs
        .map(|line| {
            let mut parts = Vec::new();
            let mut done = 0;
            for place in places(line, start) {
                parts.push(Part { text: line[done..place.start].to_owned(), is_date: false });
                parts.push(Part { text: line[place.clone()].to_owned(), is_date: true });
                done = place.end;
            }
            parts.push(Part { text: line[done..].to_owned(), is_date: false });
            parts
        })
        .collect()
}

async fn decide(at: At<Events>, Path(id): Path<i64>, sent: Sent) -> Result<Response, Trouble> {
    let office = at.office();
    // Where one goes from here is known before this draft is none any more.
    let all = drafts(&at).await?;
    let here = all.iter().position(|draft| draft.id == id);
    let next = here.and_then(|here| all.get(here + 1)).map(|draft| address(draft.id));
    let next = next.unwrap_or_else(|| format!("{DESK}/drafts"));
    let acted = match sent.button() {
        "publish" => {
            office.change_events(&at.by(), &[id], &Act::Publish, None).await.map(|_| format!("{next}?done=published"))
        }
        "drop" => {
            office.change_events(&at.by(), &[id], &Act::Remove, None).await.map(|_| format!("{next}?done=removed"))
        }
        "topics" => {
            let topics = Some(typed_list(sent.text("topics")));
            let patch = EventPatch { topics, ..EventPatch::default() };
            office.edit_event(&at.by(), Aim::at(id), &patch).await.map(|_| address(id))
        }
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(next) => Ok(Redirect::to(&next).into_response()),
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            page(&at, id, wrong, status).await
        }
    }
}

fn address(id: i64) -> String {
    format!("{DESK}/drafts/{id}")
}
