//! `/admin/editions`: what goes out next, as it stands and as a reader gets it, shaped and approved; and what went out.

mod gone;
pub mod live;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::{Choice, Chrome};
use super::sent::Sent;
use super::today::address_of;
use super::trouble::Trouble;
use super::visitor::{At, Editions};
use crate::domain::edition::{EditionRef, Tally};
use crate::domain::links::DESK;
use crate::domain::mark::Mark;
use crate::domain::wording::Locale;
use crate::office::Error;
use crate::office::digests::{EditionWish, EntryWish, NoteAim, Published};
use crate::shape::draft::{DraftEntry, DraftSection};
use crate::shape::edition::EditionRecord;

/// So many editions that went out are on a page.
const ON_A_PAGE: usize = 50;
/// So many entries of an edition to come are.
const ENTRIES: usize = 200;

/// What a mail shown in a frame may do: look as it does in a mail program, and nothing else.
const FRAMED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox allow-popups",
);

/// What mails ask the program that shows them.
const IF_DARK: &str = "(prefers-color-scheme: dark)";

pub fn router() -> Router<Desk> {
    Router::new()
        .route("/editions", get(list))
        .route("/editions/{slug}", get(show).post(shape))
        .route("/editions/{slug}/preview", get(preview))
        .route("/editions/{slug}/{number}", get(gone::show).post(gone::act))
        .route("/editions/{slug}/{number}/live", get(live::watch))
}

/// One that is to come.
struct Coming {
    title: String,
    url: String,
    when: String,
}

/// One that went out.
struct Gone {
    name: String,
    url: String,
    when: String,
    tally: Vec<(String, i64)>,
    state: String,
}

#[derive(Template)]
#[template(path = "desk/editions.html")]
struct ListPage {
    chrome: Chrome,
    coming: Vec<Coming>,
    gone: Vec<Gone>,
}

async fn list(at: At<Editions>) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let mut coming = Vec::new();
    for digest in office.digests().await? {
        let config = office.digest(&digest.slug)?;
        coming.push(Coming {
            title: office.config.title_of(config, locale).to_owned(),
            url: format!("{DESK}/editions/{}", digest.slug),
            when: match digest.next_at {
                Some(next_at) => at.moment_in(office.config.zone_of(config), next_at),
                None if digest.paused => locale.say("desk-next-paused"),
                None => locale.say("desk-next-never"),
            },
        });
    }
    let gone = at.desk.tallies().newest(office, ON_A_PAGE).await?;
    let page = ListPage {
        chrome: at.chrome(locale.say("desk-editions")).await?,
        coming,
        gone: gone.iter().map(|edition| gone_of(&at, edition)).collect(),
    };
    page.chrome.page(StatusCode::OK, &page)
}

fn gone_of(at: &At<Editions>, edition: &EditionRecord) -> Gone {
    let locale = at.locale();
    Gone {
        name: format!("{}/{}", edition.digest, edition.number),
        url: format!("{DESK}/editions/{}/{}", edition.digest, edition.number),
        when: at.moment(edition.scheduled_for),
        tally: figures(&edition.tally, locale),
        state: match (edition.given_up, edition.stopped_at) {
            (true, _) => locale.say("desk-given-up"),
            (false, Some(_)) => locale.say("desk-stopped"),
            (false, None) => String::new(),
        },
    }
}

/// How many are how, but for what none is.
fn figures(tally: &Tally, locale: Locale) -> Vec<(String, i64)> {
    let figures = [
        ("desk-tally-sent", tally.sent),
        ("desk-tally-queued", tally.queued + tally.sending),
        ("desk-tally-deferred", tally.deferred),
        ("desk-tally-failed", tally.failed),
        ("desk-tally-uncertain", tally.uncertain),
        ("desk-tally-suppressed", tally.suppressed),
    ];
    let told = figures.into_iter().filter(|(_, number)| *number > 0);
    told.map(|(phrase, number)| (locale.say(phrase), number)).collect()
}

/// One entry of an edition to come, with what an editor may want of it.
struct EntryView {
    entry: DraftEntry,
    url: String,
    is_left_out: bool,
    is_first: bool,
    is_added: bool,
}

struct SectionView {
    heading: String,
    entries: Vec<EntryView>,
}

#[derive(Template)]
#[template(path = "desk/edition.html")]
struct EditionPage {
    chrome: Chrome,
    when: String,
    subject: String,
    /// Empty where it goes without anybody's approval.
    approval: String,
    can_be_approved: bool,
    paused: bool,
    sections: Vec<SectionView>,
    /// Of the page with those that follow; empty if there are none.
    next: String,
    note: String,
    note_subject: String,
    note_locales: Vec<Choice>,
    /// How the frame shows it.
    locales: Vec<Choice>,
    topics: Vec<Choice>,
    looks: Vec<Choice>,
    widths: Vec<Choice>,
    /// As wide as a phone.
    is_narrow: bool,
    preview: String,
    /// What sending it now would come to; empty if that was not asked.
    trial: String,
    /// Whether it would stand in the place of the scheduled one.
    instead: bool,
    typed_at: String,
    wrong: String,
    done: String,
}

/// What the page is made of.
#[derive(Default)]
struct Made<'a> {
    sent: Option<&'a Sent>,
    wrong: String,
    trial: String,
}

async fn show(at: At<Editions>, Path(slug): Path<String>) -> Result<Response, Trouble> {
    page(&at, &slug, Made::default(), StatusCode::OK).await
}

async fn page(at: &At<Editions>, slug: &str, made: Made<'_>, status: StatusCode) -> Result<Response, Trouble> {
    let Made { sent, wrong, trial } = made;
    let (office, locale) = (at.office(), at.locale());
    let digest = office.digest(slug)?;
    let title = office.config.title_of(digest, locale).to_owned();
    let record = office.shown_digest(slug).await?.digest;
    let seen_in = at.asked("locale").and_then(|tag| tag.parse::<Locale>().ok()).unwrap_or(locale);
    let (mut sections, mut subject, mut approval, mut can_be_approved) =
        (Vec::new(), String::new(), String::new(), false);
    let (mut notes, mut next) = (Vec::new(), String::new());
    let first: usize = at.asked("from").and_then(|from| from.parse().ok()).unwrap_or_default();
    if record.next_at.is_some() {
        let draft = at.desk.coming().draft(office, slug, seen_in).await?;
        subject.clone_from(&draft.subject);
        if let Some(asked) = &draft.approval {
            can_be_approved = asked.approved_at.is_none();
            approval = match &asked.by {
                Some(who) if asked.approved_at.is_some() => locale.with("desk-approved-by", "who", who.as_str()),
                _ => locale.say("desk-next-to-approve"),
            };
        }
        notes.clone_from(&draft.notes);
        sections = shown(&draft.sections, first);
        let behind = first + ENTRIES;
        if draft.sections.iter().map(|section| section.entries.len()).sum::<usize>() > behind {
            next = at.further("from", &behind.to_string());
        }
    }
    let (sent, typed_at) = match sent {
        Some(sent) => (sent.clone(), String::new()),
        None => at.typed_or(Sent::default()).await?,
    };
    let note_locale = sent.text("note_locale").to_owned();
    let note = notes.iter().find(|note| note.locale.as_deref().unwrap_or_default() == note_locale);
    let said = |name: &str, of: Option<&str>| match sent.one(name) {
        Some(typed) => typed.to_owned(),
        None => of.unwrap_or_default().to_owned(),
    };
    let choice = |value: &str, label: String, is_chosen: bool| Choice { value: value.to_owned(), label, is_chosen };
    let asked_topics = at.all_asked("topic");
    let look = at.asked("look").unwrap_or_default();
    let is_narrow = at.asked("width") == Some("phone");
    let query = {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("locale", seen_in.tag())
            .append_pair("look", look)
            .extend_pairs(asked_topics.iter().map(|topic| ("topic", topic)));
        query.finish()
    };
    let locales = || Locale::all().map(|locale| (locale.tag(), locale.name()));
    let page = EditionPage {
        chrome: at.chrome(title).await?,
        when: match record.next_at {
            Some(next_at) => at.moment_in(office.config.zone_of(digest), next_at),
            None if record.paused => locale.say("desk-next-paused"),
            None => locale.say("desk-next-never"),
        },
        subject,
        approval,
        can_be_approved,
        paused: record.paused,
        sections,
        next,
        note: said("text", note.map(|note| note.text.as_str())),
        note_subject: said("subject", note.map(|note| note.subject.as_str())),
        note_locales: std::iter::once(choice("", locale.say("desk-all-languages"), note_locale.is_empty()))
            .chain(locales().map(|(tag, name)| choice(tag, name, tag == note_locale)))
            .collect(),
        locales: locales().map(|(tag, name)| choice(tag, name, tag == seen_in.tag())).collect(),
        topics: office
            .topics_in_use()
            .await?
            .into_iter()
            .map(|topic| choice(&topic, topic.clone(), asked_topics.contains(&topic)))
            .collect(),
        looks: [("", "desk-look-own"), ("light", "desk-look-light"), ("dark", "desk-look-dark")]
            .map(|(value, phrase)| choice(value, locale.say(phrase), value == look))
            .into(),
        widths: [("", "desk-width-wide", !is_narrow), ("phone", "desk-width-phone", is_narrow)]
            .map(|(value, phrase, is_chosen)| choice(value, locale.say(phrase), is_chosen))
            .into(),
        is_narrow,
        preview: format!("{DESK}/editions/{slug}/preview?{query}"),
        instead: trial.is_empty() || sent.one("instead").is_some(),
        trial,
        typed_at,
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

/// The entries of a page, under their headings: those behind the `first`.
fn shown(sections: &[DraftSection], first: usize) -> Vec<SectionView> {
    let view = |entry: &DraftEntry| EntryView {
        url: address_of(&entry.entry),
        is_left_out: entry.marks.contains(&Mark::LeftOut),
        is_first: entry.marks.contains(&Mark::PutFirst),
        is_added: entry.marks.contains(&Mark::Added),
        entry: entry.clone(),
    };
    let (mut before, mut room) = (first, ENTRIES);
    let mut views = Vec::new();
    for section in sections {
        let here = section.entries.iter().skip(before).take(room).map(view);
        let entries: Vec<_> = here.collect();
        before = before.saturating_sub(section.entries.len());
        room -= entries.len();
        if !entries.is_empty() {
            views.push(SectionView { heading: section.heading.clone(), entries });
        }
    }
    views
}

/// What editors say of the edition to come.
async fn shape(at: At<Editions>, Path(slug): Path<String>, sent: Sent) -> Result<Response, Trouble> {
    let (office, by) = (at.office(), at.by());
    let entries = [sent.text("entry").to_owned()];
    let wish = |mark| EntryWish { mark, entries: &entries, moment: None, is_for_good: false };
    let locale = Some(sent.text("note_locale")).filter(|locale| !locale.is_empty());
    let aim = NoteAim { moment: None, locale };
    let acted = match sent.button() {
        "leave-out" => office.mark_entries(&by, &slug, wish(Mark::LeftOut)).await.map(drop),
        "put-first" => office.mark_entries(&by, &slug, wish(Mark::PutFirst)).await.map(drop),
        "add" => office.mark_entries(&by, &slug, wish(Mark::Added)).await.map(drop),
        "undo-leave-out" => office.unmark_entries(&by, &slug, wish(Mark::LeftOut)).await.map(drop),
        "undo-put-first" => office.unmark_entries(&by, &slug, wish(Mark::PutFirst)).await.map(drop),
        "undo-add" => office.unmark_entries(&by, &slug, wish(Mark::Added)).await.map(drop),
        "note" => {
            let (subject, text) = (sent.text("subject").trim(), sent.text("text").trim());
            match (subject.is_empty(), text.is_empty()) {
                (true, true) => office.clear_notes(&by, &slug, aim).await.map(drop),
                _ => office.note_edition(&by, &slug, aim, Some(subject), Some(text.as_bytes())).await.map(drop),
            }
        }
        "send" | "send-now" => return send(&at, &slug, &sent).await,
        "test" => match at.visit.session.editor.email.clone() {
            Some(email) => match office.send_test(&by, &slug, None, email).await {
                Ok(_) => return Ok(Redirect::to(&format!("{DESK}/editions/{slug}?done=tested")).into_response()),
                Err(error) => Err(error),
            },
            None => return Err(Trouble::NotYours),
        },
        "approve" => office.approve_edition(&by, &slug, None).await.map(drop),
        "pause" => office.pause_digest(&by, &slug, true).await.map(drop),
        "resume" => office.pause_digest(&by, &slug, false).await.map(drop),
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(()) => Ok(Redirect::to(&format!("{DESK}/editions/{slug}?done=saved")).into_response()),
        Err(error) => refused(&at, &slug, &sent, error).await,
    }
}

/// The page again, with what is wrong.
async fn refused(at: &At<Editions>, slug: &str, sent: &Sent, error: Error) -> Result<Response, Trouble> {
    let (wrong, status) = at.refusal(error)?;
    page(at, slug, Made { sent: Some(sent), wrong, ..Made::default() }, status).await
}

/// An edition at once: first it is told what would go to how many, then it goes.
async fn send(at: &At<Editions>, slug: &str, sent: &Sent) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let (instead, is_trial) = (sent.one("instead").is_some(), sent.button() == "send");
    let wish = EditionWish { instead, is_trial, ..EditionWish::default() };
    let sending = match office.send_edition(&at.by(), slug, wish).await {
        Ok(sending) => sending,
        Err(error) => return refused(at, slug, sent, error).await,
    };
    let wrong = match &sending.published {
        Published::Edition(edition) => {
            let address = format!("{DESK}/editions/{slug}/{}?done=sent", edition.number);
            return Ok(Redirect::to(&address).into_response());
        }
        Published::Trial(trial) => {
            let told = [("subject", trial.subject.as_str().into()), ("readers", trial.candidates.into())];
            let made = Made { sent: Some(sent), trial: locale.tell("desk-would-go", told), ..Made::default() };
            return page(at, slug, made, StatusCode::ACCEPTED).await;
        }
        Published::Already => "desk-send-already",
        Published::Empty => "desk-edition-empty",
        Published::Unapproved => "desk-next-to-approve",
        Published::NoReaders => "desk-send-nobody",
    };
    let made = Made { sent: Some(sent), wrong: locale.say(wrong), ..Made::default() };
    page(at, slug, made, StatusCode::CONFLICT).await
}

/// The mail itself, for a frame: as a reader gets it who chose this.
async fn preview(at: At<Editions>, Path(slug): Path<String>) -> Result<Response, Trouble> {
    let topics = at.all_asked("topic");
    let preview = at.desk.coming().preview(at.office(), &slug, at.asked("locale"), topics).await?;
    let framed =
        [(header::CONTENT_SECURITY_POLICY, FRAMED), (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"))];
    if at.asked("format") == Some("text") {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        let nothing: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, plain)];
        return Ok((framed, nothing, preview.as_text()).into_response());
    }
    // Whatever the browser prefers.
    let html = match at.asked("look") {
        Some("dark") => preview.html.replace(IF_DARK, "all"),
        Some("light") => preview.html.replace(IF_DARK, "not all"),
        _ => preview.html.clone(),
    };
    Ok((framed, Html(html)).into_response())
}

fn name(slug: &str, number: i64) -> Result<EditionRef, Trouble> {
    format!("{slug}/{number}").parse().map_err(|_| Trouble::NotFound)
}
