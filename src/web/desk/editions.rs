//! `/admin/editions`: what goes out next, as it stands and as a reader gets it, shaped and approved; and what went out.

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
use super::trouble::{Trouble, status_of};
use super::visitor::{At, Editions};
use crate::domain::edition::EditionRef;
use crate::domain::links::DESK;
use crate::domain::mark::Mark;
use crate::domain::wording::Locale;
use crate::office::Error;
use crate::office::digests::{EntryWish, NoteAim};
use crate::shape::draft::DraftEntry;
use crate::shape::edition::EditionRecord;
use crate::store::Stretch;

/// So many editions that went out are on a page.
const ON_A_PAGE: usize = 50;

/// What a mail shown in a frame may do: look as it does in a mail program, and nothing else.
const FRAMED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox allow-popups",
);

pub fn router() -> Router<Desk> {
    Router::new()
        .route("/editions", get(list))
        .route("/editions/{slug}", get(show).post(shape))
        .route("/editions/{slug}/preview", get(preview))
        .route("/editions/{slug}/{number}", get(past).post(hold))
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
    let gone = office.editions(None, Stretch::newest(ON_A_PAGE)).await?;
    let page = ListPage {
        chrome: at.chrome(locale.say("desk-editions")).await?,
        coming,
        gone: gone.iter().map(|edition| gone_of(&at, edition)).collect(),
    };
    page.chrome.page(StatusCode::OK, &page)
}

fn gone_of(at: &At<Editions>, edition: &EditionRecord) -> Gone {
    let locale = at.locale();
    let tally = &edition.tally;
    let figures = [
        ("desk-tally-sent", tally.sent),
        ("desk-tally-queued", tally.queued + tally.sending),
        ("desk-tally-deferred", tally.deferred),
        ("desk-tally-failed", tally.failed),
        ("desk-tally-uncertain", tally.uncertain),
        ("desk-tally-suppressed", tally.suppressed),
    ];
    let told = figures.into_iter().filter(|(_, number)| *number > 0);
    Gone {
        name: format!("{}/{}", edition.digest, edition.number),
        url: format!("{DESK}/editions/{}/{}", edition.digest, edition.number),
        when: at.moment(edition.scheduled_for),
        tally: told.map(|(phrase, number)| (locale.say(phrase), number)).collect(),
        state: match (edition.given_up, edition.stopped_at) {
            (true, _) => locale.say("desk-given-up"),
            (false, Some(_)) => locale.say("desk-stopped"),
            (false, None) => String::new(),
        },
    }
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
    note: String,
    note_subject: String,
    note_locales: Vec<Choice>,
    /// How the frame shows it.
    locales: Vec<Choice>,
    topics: Vec<Choice>,
    preview: String,
    typed_at: String,
    wrong: String,
    done: String,
}

async fn show(at: At<Editions>, Path(slug): Path<String>) -> Result<Response, Trouble> {
    page(&at, &slug, None, String::new(), StatusCode::OK).await
}

async fn page(
    at: &At<Editions>,
    slug: &str,
    sent: Option<&Sent>,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let digest = office.digest(slug)?;
    let title = office.config.title_of(digest, locale).to_owned();
    let record = office.shown_digest(slug).await?.digest;
    let seen_in = at.asked("locale").and_then(|tag| tag.parse::<Locale>().ok()).unwrap_or(locale);
    let (mut sections, mut subject, mut approval, mut can_be_approved) =
        (Vec::new(), String::new(), String::new(), false);
    let mut notes = Vec::new();
    if record.next_at.is_some() {
        let draft = office.draft_edition(slug, NoteAim { moment: None, locale: Some(seen_in.tag()) }).await?;
        subject = draft.subject;
        if let Some(asked) = &draft.approval {
            can_be_approved = asked.approved_at.is_none();
            approval = match &asked.by {
                Some(who) if asked.approved_at.is_some() => locale.with("desk-approved-by", "who", who.as_str()),
                _ => locale.say("desk-next-to-approve"),
            };
        }
        notes = draft.notes;
        sections = draft.sections.into_iter().map(section_of).collect();
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
    let query = {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("locale", seen_in.tag()).extend_pairs(asked_topics.iter().map(|topic| ("topic", topic)));
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
        preview: format!("{DESK}/editions/{slug}/preview?{query}"),
        typed_at,
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

fn section_of(section: crate::shape::draft::DraftSection) -> SectionView {
    let entries = section.entries.into_iter().map(|entry| EntryView {
        url: address_of(&entry.entry),
        is_left_out: entry.marks.contains(&Mark::LeftOut),
        is_first: entry.marks.contains(&Mark::PutFirst),
        is_added: entry.marks.contains(&Mark::Added),
        entry,
    });
    SectionView { heading: section.heading, entries: entries.collect() }
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
        "approve" => office.approve_edition(&by, &slug, None).await.map(drop),
        "pause" => office.pause_digest(&by, &slug, true).await.map(drop),
        "resume" => office.pause_digest(&by, &slug, false).await.map(drop),
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(()) => Ok(Redirect::to(&format!("{DESK}/editions/{slug}?done=saved")).into_response()),
        Err(Error::Refused(refused)) => page(&at, &slug, Some(&sent), refused.said, status_of(refused.code)).await,
        Err(error) => Err(error.into()),
    }
}

/// The mail itself, for a frame: as a reader gets it who chose this.
async fn preview(at: At<Editions>, Path(slug): Path<String>) -> Result<Response, Trouble> {
    let topics = at.all_asked("topic");
    let preview = at.office().preview_for(&slug, at.asked("locale"), &topics).await?;
    let framed =
        [(header::CONTENT_SECURITY_POLICY, FRAMED), (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"))];
    if at.asked("format") == Some("text") {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        let nothing: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, plain)];
        return Ok((framed, nothing, preview.as_text()).into_response());
    }
    Ok((framed, Html(preview.html)).into_response())
}

#[derive(Template)]
#[template(path = "desk/gone.html")]
struct GonePage {
    chrome: Chrome,
    edition: Gone,
    is_stopped: bool,
    can_be_stopped: bool,
    archive: String,
    left: i64,
    complained: i64,
    wrong: String,
    done: String,
}

async fn past(at: At<Editions>, Path((slug, number)): Path<(String, i64)>) -> Result<Response, Trouble> {
    past_page(&at, &slug, number, String::new(), StatusCode::OK).await
}

async fn past_page(
    at: &At<Editions>,
    slug: &str,
    number: i64,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let shown = at.office().edition_status(&name(slug, number)?).await?;
    let edition = &shown.edition;
    let waits = edition.tally.queued + edition.tally.deferred > 0;
    let page = GonePage {
        chrome: at.chrome(format!("{slug}/{number}")).await?,
        edition: gone_of(at, edition),
        is_stopped: edition.stopped_at.is_some() && !edition.given_up,
        can_be_stopped: waits && edition.stopped_at.is_none(),
        archive: format!("/archive/{slug}/{number}"),
        left: shown.lost.left,
        complained: shown.lost.complained,
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

fn name(slug: &str, number: i64) -> Result<EditionRef, Trouble> {
    format!("{slug}/{number}").parse().map_err(|_| Trouble::NotFound)
}

async fn hold(at: At<Editions>, Path((slug, number)): Path<(String, i64)>, sent: Sent) -> Result<Response, Trouble> {
    let (office, by, wanted) = (at.office(), at.by(), name(&slug, number)?);
    let acted = match sent.button() {
        "stop" => office.stop_edition(&by, &wanted).await,
        "go-on" => office.go_on_with_edition(&by, &wanted).await,
        "drop" => office.give_up_edition(&by, &wanted).await,
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(_) => Ok(Redirect::to(&format!("{DESK}/editions/{slug}/{number}?done=saved")).into_response()),
        Err(Error::Refused(refused)) => past_page(&at, &slug, number, refused.said, status_of(refused.code)).await,
        Err(error) => Err(error.into()),
    }
}
