//! Several events at once: all of them, or none.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::chrome::Chrome;
use super::super::sent::{Sent, is_place};
use super::super::trouble::Trouble;
use super::super::visitor::{At, Events};
use super::list::Row;
use crate::domain::event::{EventPatch, typed_list};
use crate::domain::links::DESK;
use crate::domain::several::Ids;
use crate::office::{Act, Selection};

/// Asks once more, with what it is about.
#[derive(Template)]
#[template(path = "desk/sure.html")]
struct SurePage {
    chrome: Chrome,
    /// The button that was pressed.
    act: String,
    label: String,
    ids: Vec<i64>,
    rows: Vec<Row>,
    reason: String,
    asks_for_reason: bool,
    back: String,
}

pub async fn act(at: At<Events>, sent: Sent) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let ids: Vec<i64> = sent.all("ids").filter_map(|id| id.parse().ok()).collect();
    let back = Some(sent.text("back")).filter(|back| is_place(back)).unwrap_or("/admin/events").to_owned();
    if ids.is_empty() {
        return Ok(Redirect::to(&back).into_response());
    }
    let labels = |name: &str| typed_list(sent.text(name));
    let (act, done) = match sent.button() {
        "publish" => (Act::Publish, "published"),
        "cancel" => (Act::Cancel { reason: sent.text("reason").trim().to_owned() }, "cancelled"),
        "remove" => (Act::Remove, "removed"),
        "label" => {
            let patch = EventPatch {
                add_topics: labels("add_topics"),
                remove_topics: labels("remove_topics"),
                ..Default::default()
            };
            (Act::Edit(Box::new(patch)), "labelled")
        }
        _ => return Err(Trouble::NotFound),
    };
    if matches!(act, Act::Cancel { .. } | Act::Remove) && sent.text("sure").is_empty() {
        let selection = Selection { ids: ids.iter().map(|id| Ids::one(*id)).collect(), filter: None };
        let events = office.selected(&selection, &act).await?;
        let is_cancel = matches!(act, Act::Cancel { .. });
        let title = locale.with(if is_cancel { "desk-sure-cancel" } else { "desk-sure-remove" }, "count", events.len());
        let page = SurePage {
            chrome: at.chrome(title).await?,
            act: sent.button().to_owned(),
            label: locale.say(if is_cancel { "desk-cancel" } else { "desk-remove" }),
            rows: events.iter().map(|event| Row::of(event, locale)).collect(),
            ids,
            reason: sent.text("reason").to_owned(),
            asks_for_reason: is_cancel,
            back,
        };
        return page.chrome.page(StatusCode::OK, &page);
    }
    let changed = office.change_events(&at.by(), &ids, &act, None).await?;
    let back = if back.starts_with(&format!("{DESK}/drafts")) { back } else { format!("{DESK}/events") };
    Ok(Redirect::to(&format!("{back}?done={done}&count={}", changed.len())).into_response())
}
