//! One event: its form, what a change will tell readers before it is made, its history.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::super::chrome::Chrome;
use super::super::field::{FormView, beside, told};
use super::super::sent::Sent;
use super::super::trouble::{Trouble, status_of};
use super::super::visitor::{At, Events};
use super::form;
use super::list::{Row, status_label};
use crate::domain::FieldError;
use crate::domain::event::{Action, Aspect, Details, Event, EventPatch, HistoryEntry, Status};
use crate::domain::links::{DESK, Links};
use crate::domain::tell::Tell;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::office::{Aim, Changed, Error, Shown, ToldEntry};

/// So many dates of what repeats are shown before it is saved.
const NEXT_DATES: usize = 6;
/// Of a value in a history so much is shown, in characters.
const SHOWN_CHARS: usize = 200;

/// What a change comes to, before it is made.
#[derive(Template)]
#[template(path = "desk/look.html")]
pub struct Look {
    locale: Locale,
    /// When it is, as it was understood.
    when: String,
    repeats: String,
    next: Vec<String>,
    /// What changes: field, before, after.
    changes: Vec<(String, String, String)>,
    /// Who hears of it.
    heard: Vec<String>,
    twins: Vec<Row>,
}

/// What was done at one time by somebody.
struct Past {
    when: String,
    who: String,
    action: String,
    /// Of one date of a series.
    date: String,
    changes: Vec<(String, String, String)>,
    /// By which it can be taken back; empty where it can't.
    undo: String,
}

#[derive(Template)]
#[template(path = "desk/event.html")]
struct EventPage {
    chrome: Chrome,
    form: FormView,
    /// None: a new one.
    event: Option<Head>,
    seen: i64,
    tell: String,
    /// When what stands in the form was typed, if it was not saved.
    typed_at: String,
    /// What somebody else has changed meanwhile.
    conflict: Vec<(String, String, String)>,
    look: Option<Look>,
    done: String,
    history: Vec<Past>,
    zones: Vec<String>,
    topics: Vec<String>,
}

/// What is shown of an event beside its form.
struct Head {
    id: i64,
    is_draft: bool,
    is_cancelled: bool,
    is_removed: bool,
    is_public: bool,
    repeats: bool,
    state: String,
    cancelled: String,
    source: String,
    public_url: String,
}

impl Head {
    fn of(event: &Event, locale: Locale) -> Self {
        Self {
            id: event.id,
            is_draft: event.details.status == Status::Draft,
            is_cancelled: event.is_cancelled(),
            is_removed: event.removed,
            is_public: event.is_public() && !event.removed,
            repeats: event.details.repeat.is_some(),
            state: if event.removed { locale.say("desk-removed") } else { status_label(event.details.status, locale) },
            cancelled: event.cancel_reason.clone(),
            source: event.source.clone().unwrap_or_default(),
            public_url: Links::HERE.event(event.id),
        }
    }
}

/// What the page is made of.
#[derive(Default)]
struct Made {
    sent: Sent,
    wrong: Vec<FieldError>,
    look: Option<Look>,
    conflict: Vec<(String, String, String)>,
    typed_at: String,
    seen: Option<i64>,
}

pub async fn new(at: At<Events>) -> Result<Response, Trouble> {
    let (sent, typed_at) = at.typed_or(form::of_new(at.office().zone())).await?;
    page(&at, None, Made { sent, typed_at, ..Made::default() }, StatusCode::OK).await
}

pub async fn add(at: At<Events>, sent: Sent) -> Result<Response, Trouble> {
    let now = zone_of(&sent, at.office().zone()).at(at.office().now()).datetime();
    let form::Read { patch, mut wrong } = form::read(&sent, None, now);
    wrong.extend(garbled(&sent));
    if !wrong.is_empty() {
        return page(&at, None, Made { sent, wrong, ..Made::default() }, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let is_look = sent.button() == "look";
    let office = if is_look { at.office().rehearsal() } else { at.office().clone() };
    let changed = match office.add_event(&at.by(), &patch).await {
        Ok(changed) => changed,
        Err(Error::Refused(refused)) => {
            let status = status_of(refused.code);
            return page(&at, None, Made { sent, wrong: vec![beside(refused)], ..Made::default() }, status).await;
        }
        Err(error) => return Err(error.into()),
    };
    if is_look {
        let look = Some(look_of(&at, &changed, None).await?);
        return page(&at, None, Made { sent, look, ..Made::default() }, StatusCode::ACCEPTED).await;
    }
    Ok(Redirect::to(&format!("{DESK}/events/{}?done=added", changed.event.id)).into_response())
}

pub async fn show(at: At<Events>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let shown = at.office().event_ever(id).await?;
    let (sent, typed_at) = at.typed_or(form::of(&shown.event.details)).await?;
    let made = Made { seen: sent.text("seen").parse().ok(), sent, typed_at, ..Made::default() };
    page(&at, Some(&shown), made, StatusCode::OK).await
}

pub async fn act(at: At<Events>, Path(id): Path<i64>, sent: Sent) -> Result<Response, Trouble> {
    let shown = at.office().event_ever(id).await?;
    let aim = Aim { seen: sent.text("seen").parse().ok(), tell: tell_of(&sent), ..Aim::at(id) };
    let (by, office) = (at.by(), at.office());
    let acted = match sent.button() {
        "" | "save" | "look" => return save(at, &shown, aim, sent).await,
        "publish" => {
            office.change_events(&by, &[id], &crate::office::Act::Publish, aim.tell).await.map(|_| "published")
        }
        "cancel" => office.cancel_event(&by, aim, sent.text("reason")).await.map(|_| "cancelled"),
        "remove" => office.remove_event(&by, aim).await.map(|_| "removed"),
        "restore" => office.restore_event(&by, aim).await.map(|_| "restored"),
        "undo" => office.undo_event(&by, id, sent.text("change")).await.map(|_| "undone"),
        "copy" => {
            let patch = copy_patch(&at, &sent, &shown.event.details);
            match patch {
                Ok(patch) => match office.copy_event(&by, id, &patch).await {
                    Ok(copied) => {
                        let url = format!("{DESK}/events/{}?done=added", copied.event.id);
                        return Ok(Redirect::to(&url).into_response());
                    }
                    Err(error) => Err(error),
                },
                Err(wrong) => Err(wrong.into()),
            }
        }
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(done) => Ok(Redirect::to(&format!("{DESK}/events/{id}?done={done}")).into_response()),
        Err(Error::Refused(refused)) => {
            let status = status_of(refused.code);
            let made = Made { sent: form::of(&shown.event.details), wrong: vec![beside(refused)], ..Made::default() };
            page(&at, Some(&shown), made, status).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn save(at: At<Events>, shown: &Shown, aim: Aim, sent: Sent) -> Result<Response, Trouble> {
    let details = &shown.event.details;
    let now = zone_of(&sent, details.when.zone()).at(at.office().now()).datetime();
    let form::Read { patch, mut wrong } = form::read(&sent, Some(details), now);
    wrong.extend(garbled(&sent));
    if wrong.is_empty()
        && let Err(error) = patch.onto(Some(details), at.office().zone())
    {
        wrong.push(error);
    }
    if !wrong.is_empty() {
        let made = Made { sent, wrong, seen: aim.seen, ..Made::default() };
        return page(&at, Some(shown), made, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let is_look = sent.button() == "look";
    if patch == EventPatch::default() {
        let made = Made { sent, seen: aim.seen, ..Made::default() };
        return match is_look {
            true => page(&at, Some(shown), made, StatusCode::ACCEPTED).await,
            false => Ok(Redirect::to(&format!("{DESK}/events/{}?done=same", aim.id)).into_response()),
        };
    }
    let office = if is_look { at.office().rehearsal() } else { at.office().clone() };
    match office.edit_event(&at.by(), aim, &patch).await {
        Ok(changed) if is_look => {
            let look = Some(look_of(&at, &changed, aim.tell).await?);
            let made = Made { sent, look, seen: aim.seen, ..Made::default() };
            page(&at, Some(shown), made, StatusCode::ACCEPTED).await
        }
        Ok(_) => Ok(Redirect::to(&format!("{DESK}/events/{}?done=saved", aim.id)).into_response()),
        Err(Error::Refused(refused)) => {
            let status = status_of(refused.code);
            // Somebody else was there first: both are shown, and whoever saves again has seen theirs.
            let conflict = match status {
                StatusCode::CONFLICT => meanwhile(&at, aim).await?,
                _ => Vec::new(),
            };
            let made = Made { sent, wrong: vec![beside(refused)], conflict, seen: None, ..Made::default() };
            page(&at, Some(shown), made, status).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What others have changed since the version that was seen.
async fn meanwhile(at: &At<Events>, aim: Aim) -> Result<Vec<(String, String, String)>, Trouble> {
    let seen = aim.seen.unwrap_or_default();
    let newer = at.office().changes_since(aim.id, seen).await?;
    Ok(newer.iter().filter_map(|line| change_of(&line.entry, at.locale())).collect())
}

/// What is being typed, as it is understood: for the script, while the form is filled in.
pub async fn look(at: At<Events>, sent: Sent) -> Result<Response, Trouble> {
    let id: Option<i64> = sent.text("id").parse().ok();
    let base = match id {
        Some(id) => Some(at.office().event(id).await?.event.details),
        None => None,
    };
    let zone = zone_of(&sent, base.as_ref().map_or(at.office().zone(), |base| base.when.zone()));
    let form::Read { patch, wrong } = form::read(&sent, base.as_ref(), zone.at(at.office().now()).datetime());
    let office = at.office().rehearsal();
    let tell = tell_of(&sent);
    let tried = match (wrong.is_empty(), id) {
        (false, _) => Err(wrong),
        (true, Some(_)) if patch == EventPatch::default() => return Ok(StatusCode::NO_CONTENT.into_response()),
        (true, Some(id)) => beside_or(office.edit_event(&at.by(), Aim { tell, ..Aim::at(id) }, &patch).await)?,
        (true, None) => beside_or(office.add_event(&at.by(), &patch).await)?,
    };
    match tried {
        Ok(changed) => Ok(Html(look_of(&at, &changed, tell).await?.render()?).into_response()),
        Err(wrong) => {
            let wrong: Vec<_> = wrong.iter().map(|wrong| (wrong.field, told(wrong, at.locale()))).collect();
            // The question was right, whatever was typed.
            Ok(axum::Json(wrong).into_response())
        }
    }
}

async fn page(at: &At<Events>, shown: Option<&Shown>, made: Made, status: StatusCode) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let base = shown.map(|shown| &shown.event.details);
    let title = match base {
        Some(details) => details.title.clone(),
        None => locale.say("desk-new-event"),
    };
    let history = match shown {
        Some(shown) => past(at, &office.event_history(shown.event.id).await?),
        None => Vec::new(),
    };
    let page = EventPage {
        chrome: at.chrome(title).await?,
        form: form::view(&made.sent, &made.wrong, base, locale),
        event: shown.map(|shown| Head::of(&shown.event, locale)),
        seen: made.seen.or(shown.map(|shown| shown.version)).unwrap_or_default(),
        tell: made.sent.text("tell").to_owned(),
        typed_at: made.typed_at,
        conflict: made.conflict,
        look: made.look,
        done: at.done(),
        history,
        zones: Zone::names(),
        topics: office.topics_in_use().await?,
    };
    page.chrome.page(status, &page)
}

async fn look_of(at: &At<Events>, changed: &Changed, tell: Option<Tell>) -> Result<Look, Trouble> {
    let (office, locale, event) = (at.office(), at.locale(), &changed.event);
    let mut next = Vec::new();
    if event.details.repeat.is_some() {
        let dates = event.next_or_first_occurrences(office.now(), NEXT_DATES);
        next.extend(dates.iter().map(|date| locale.when(&date.details.when)));
    }
    let changes = changed.entries.iter();
    let changes = changes.filter_map(|entry| change_of(entry, locale)).collect();
    let mut heard = Vec::new();
    for hearers in office.hearers(event, tell).await? {
        let digest = office.digest(&hearers.digest)?;
        let title = office.config.title_of(digest, locale).to_owned();
        let readers = [("digest", title.into()), ("readers", hearers.readers.into())];
        heard.push(match hearers.next_at {
            None => locale.tell("desk-heard-paused", readers),
            Some(next_at) => {
                let when = at.moment_in(office.config.zone_of(digest), next_at);
                locale.tell("desk-heard", readers.into_iter().chain([("when", when.into())]))
            }
        });
    }
    if !event.is_public() {
        heard.push(locale.say("desk-heard-by-nobody"));
    } else if heard.is_empty() {
        heard.push(locale.say("desk-heard-in-calendars"));
    }
    let twins = office.twins(event).await?;
    Ok(Look {
        locale,
        when: locale.when(&event.details.when),
        repeats: locale.repeat_of(&event.details),
        next,
        changes,
        heard,
        twins: twins.iter().map(|twin| Row::of(twin, locale)).collect(),
    })
}

/// A field, before and after; none of what is about no field.
fn change_of(entry: &HistoryEntry, locale: Locale) -> Option<(String, String, String)> {
    let value =
        |text: &Option<String>| text::clip(&text::single_line(text.as_deref().unwrap_or_default()), SHOWN_CHARS);
    let about = match entry.about.as_ref()? {
        Aspect::Field(field) => form::label(*field, locale),
        other => other.to_string(),
    };
    Some((about, value(&entry.before), value(&entry.after)))
}

/// The newest first; what somebody did at one time is one.
fn past(at: &At<Events>, lines: &[ToldEntry]) -> Vec<Past> {
    let locale = at.locale();
    let mut past: Vec<Past> = Vec::new();
    let mut last = None;
    for line in lines {
        let key = (line.entry.at, &line.by, line.entry.action, line.entry.occurrence, line.event);
        if last != Some(key) {
            let can_be_undone = matches!(line.entry.action, Action::Edited) && line.entry.occurrence.is_none();
            past.push(Past {
                when: at.moment(line.entry.at),
                who: line.by.clone(),
                action: locale.action(line.entry.action),
                date: line.entry.occurrence.map(|start| start.to_string().replace('T', " ")).unwrap_or_default(),
                changes: Vec::new(),
                undo: if can_be_undone { line.entry.at.to_string() } else { String::new() },
            });
            last = Some(key);
        }
        if let (Some(past), Some(change)) = (past.last_mut(), change_of(&line.entry, locale)) {
            past.changes.push(change);
        }
    }
    past.reverse();
    past
}

fn copy_patch(at: &At<Events>, sent: &Sent, details: &Details) -> Result<EventPatch, FieldError> {
    let now = details.when.zone().at(at.office().now()).datetime();
    let typed = sent.text("on");
    let reading = crate::domain::spoken::read(typed, now).map_err(FieldError::of("on"))?;
    let span = reading.only(typed).map_err(FieldError::of("on"))?;
    Ok(EventPatch { start: Some(span.start), end: span.end.map(Some), ..EventPatch::default() })
}

/// What an editor says of telling the change.
fn tell_of(sent: &Sent) -> Option<Tell> {
    sent.text("tell").parse().ok()
}

/// In which dates in words are meant: the one that is typed, if it is one.
fn zone_of(sent: &Sent, other: &Zone) -> Zone {
    sent.text("timezone").trim().parse().unwrap_or_else(|_| other.clone())
}

/// What came of it, or a refusal beside its field; what else went wrong is no field's.
fn beside_or(tried: Result<Changed, Error>) -> Result<Result<Changed, Vec<FieldError>>, Trouble> {
    match tried {
        Ok(changed) => Ok(Ok(changed)),
        Err(Error::Refused(refused)) => Ok(Err(vec![beside(refused)])),
        Err(error) => Err(error.into()),
    }
}

fn garbled(sent: &Sent) -> Option<FieldError> {
    let said = "what was sent is no UTF-8: what could not be read is shown as �";
    sent.is_garbled.then(|| FieldError::of("")(crate::domain::Invalid::new(said)))
}
