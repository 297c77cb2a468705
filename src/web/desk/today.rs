//! What goes out next, and what waits for somebody.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Desk;
use super::chrome::Chrome;
use super::deliveries::FailureView;
use super::trouble::Trouble;
use super::visitor::{At, Events};
use crate::domain::links::DESK;
use crate::domain::right::Right;
use crate::office::sources;
use crate::shape::digest::DigestRecord;
use crate::shape::draft::DraftEntry;

/// So many lines of an edition are shown; the rest is counted.
const LINES: usize = 8;
/// So many reasons for which mail did not go are shown.
const FAILURES: usize = 5;
/// So many of the latest changes are shown.
const CHANGES: u32 = 12;

pub fn router() -> Router<Desk> {
    Router::new().route("/", get(show))
}

/// One line of an edition.
struct Line {
    title: String,
    when: String,
    badge: String,
    url: String,
}

/// The next edition of a digest.
struct Next {
    title: String,
    /// When it goes, and to whom.
    sentence: String,
    subject: String,
    /// What has to be done before it goes; empty if nothing.
    waits: String,
    lines: Vec<Line>,
    more: String,
}

/// A change that somebody made.
struct Change {
    when: String,
    who: String,
    what: String,
    url: String,
}

#[derive(Template)]
#[template(path = "desk/today.html")]
struct TodayPage {
    chrome: Chrome,
    next: Vec<Next>,
    drafts: String,
    needs: Vec<String>,
    failed: Vec<FailureView>,
    sources: Vec<String>,
    changes: Vec<Change>,
}

async fn show(at: At<Events>) -> Result<Response, Trouble> {
    let locale = at.locale();
    let mut next = Vec::new();
    for digest in at.office().digests().await? {
        next.push(next_of(&at, digest).await?);
    }
    let chrome = at.chrome(locale.say("desk-today")).await?;
    let drafts = chrome.drafts;
    let needs = match at.may(Right::Machine) {
        true => at.office().status().await?.needs.into_iter().map(|need| need.message).collect(),
        false => Vec::new(),
    };
    let failed = at.office().failures_lately().await?;
    let page = TodayPage {
        failed: failed.into_iter().take(FAILURES).map(|failure| FailureView::of(failure, locale)).collect(),
        sources: match at.may(Right::Machine) {
            // Their needs tell it.
            true => Vec::new(),
            false => sources_in_trouble(&at).await?,
        },
        chrome,
        next,
        drafts: if drafts == 0 { String::new() } else { locale.with("desk-drafts-waiting", "count", drafts) },
        needs,
        changes: changes(&at).await?,
    };
    page.chrome.page(StatusCode::OK, &page)
}

async fn next_of(at: &At<Events>, digest: DigestRecord) -> Result<Next, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let slug = digest.slug.as_str();
    let title = office.config.title_of(office.digest(slug)?, locale).to_owned();
    let Some(moment) = digest.next_at else {
        let phrase = if digest.paused { "desk-next-paused" } else { "desk-next-never" };
        let sentence = locale.say(phrase);
        return Ok(Next {
            title,
            sentence,
            subject: String::new(),
            waits: String::new(),
            lines: Vec::new(),
            more: String::new(),
        });
    };
    let languages = at.desk.languages().of(office, slug).await?;
    let sentence = locale.tell(
        "desk-next",
        [
            ("when", at.moment_in(&digest.timezone, moment).into()),
            ("readers", digest.subscribers.into()),
            ("languages", locale.listing(&languages).into()),
            ("count", languages.len().into()),
        ],
    );
    let draft = at.desk.coming().draft(office, slug, locale).await?;
    let waits = draft.approval.as_ref().filter(|approval| approval.approved_at.is_none());
    let waits = waits.map(|_| locale.say("desk-next-to-approve")).unwrap_or_default();
    let line = |entry: &DraftEntry| Line {
        url: address_of(&entry.entry),
        title: entry.title.clone(),
        when: entry.when.clone(),
        badge: entry.badge.clone(),
    };
    let rest = draft.told().count().saturating_sub(LINES);
    Ok(Next {
        title,
        sentence,
        subject: draft.subject.clone(),
        waits,
        lines: draft.told().take(LINES).map(line).collect(),
        more: if rest == 0 { String::new() } else { locale.with("desk-and-more", "count", rest) },
    })
}

/// A sentence for each source that can't be read, or whose cancellations wait to be believed.
async fn sources_in_trouble(at: &At<Events>) -> Result<Vec<String>, Trouble> {
    let sources = at.office().sources().await?.into_iter();
    let troubled = sources.filter(|source| source.failures > 0 || source.held.is_some());
    Ok(troubled.map(|source| format!("{}: {}", source.name, sources::health(&source))).collect())
}

/// The page of what an edition names: `event 12`, `article 3`, `event 12@2020-10-05`.
pub fn address_of(entry: &str) -> String {
    match entry.split_once(' ') {
        Some(("event", id)) => format!("{DESK}/events/{}", id.split('@').next().unwrap_or(id)),
        Some(("article", id)) => format!("{DESK}/articles/{id}"),
        _ => DESK.to_owned(),
    }
}

async fn changes(at: &At<Events>) -> Result<Vec<Change>, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let told = office.latest_changes(CHANGES).await?.into_iter().map(|change| {
        let there = office.zone().at(change.at);
        let what = locale.tell(
            "desk-changed",
            [("action", locale.action(change.action).into()), ("title", change.title.as_str().into())],
        );
        Change {
            when: format!("{} {}", there.strftime("%Y-%m-%d"), there.strftime("%H:%M")),
            who: change.by,
            what,
            url: format!("{DESK}/events/{}", change.event),
        }
    });
    Ok(told.collect())
}
