//! An edition on its way, told as it goes: server-sent events (HTML, 9.2), for pages that stay open.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::{figures, name};
use crate::domain::edition::EditionRef;
use crate::domain::pace::Pace;
use crate::office;
use crate::shape::edition::EditionRecord;
use crate::store::watch::Changes;
use crate::web::desk::deliveries::FailureView;
use crate::web::desk::trouble::Trouble;
use crate::web::desk::visitor::{At, Editions};

/// So many may watch at once; who comes later loads the page again.
const WATCHERS: usize = 16;
/// Nobody reads faster.
const EVERY: Duration = Duration::from_secs(1);
/// Whatever stands between does not take silence for the end.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The speeds of so many editions are known, of the newest.
const EDITIONS: usize = 16;
/// What stands between is not to gather it up.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// What all who watch share.
#[derive(Clone)]
pub struct Live {
    changes: Changes,
    places: Arc<Semaphore>,
    paces: Arc<Mutex<BTreeMap<i64, Pace>>>,
}

impl Live {
    /// Whoever watches does until `changes` end.
    pub fn new(changes: Changes) -> Self {
        Self { changes, places: Arc::new(Semaphore::new(WATCHERS)), paces: Arc::default() }
    }

    /// Its speed, by how far it is now.
    fn pace(&self, at: &At<Editions>, edition: &EditionRecord) -> Pace {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = paces.entry(edition.edition).or_default();
        pace.see(at.office().now(), edition.tally.settled());
        let pace = pace.clone();
        while paces.len() > EDITIONS {
            paces.pop_first();
        }
        pace
    }
}

/// How its sending stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Going,
    Stopped,
    GivenUp,
    Through,
}

impl Phase {
    fn of(edition: &EditionRecord) -> Self {
        match (edition.given_up, edition.stopped_at) {
            (true, _) => Self::GivenUp,
            _ if edition.tally.is_through() => Self::Through,
            (false, Some(_)) => Self::Stopped,
            (false, None) => Self::Going,
        }
    }

    /// Whether it becomes another by itself, or by somebody's hand.
    pub fn may_turn(self) -> bool {
        matches!(self, Self::Going | Self::Stopped)
    }
}

/// How far it is, how fast it goes, until when, and what did not go.
pub struct ProgressView {
    pub phase: Phase,
    pub sentence: String,
    pub done: i64,
    pub all: i64,
    pub tally: Vec<(String, i64)>,
    pub failures: Vec<FailureView>,
}

impl ProgressView {
    pub async fn of(at: &At<Editions>, edition: &EditionRecord) -> Result<Self, office::Error> {
        let (locale, tally, phase) = (at.locale(), &edition.tally, Phase::of(edition));
        let pace = at.desk.live().pace(at, edition);
        let waiting = tally.queued + tally.sending;
        let through_at = pace.through_at(waiting).max(edition.queued_until);
        let sentence = match (phase, pace.a_second().filter(|speed| *speed > 0.0), through_at) {
            (Phase::Through, ..) => locale.say("desk-goes-through"),
            (Phase::GivenUp, ..) => locale.say("desk-given-up"),
            (Phase::Stopped, ..) => locale.with("desk-goes-stopped", "count", waiting + tally.deferred),
            // When those go is known of each.
            (Phase::Going, ..) if waiting == 0 => locale.with("desk-goes-deferred", "count", tally.deferred),
            (Phase::Going, Some(speed), Some(through_at)) => {
                // Few are told by the minute.
                let a_minute = (speed * 60.0).round().max(1.0) as i64;
                let when = at.office().zone().at(through_at).strftime("%H:%M:%S").to_string();
                locale.tell("desk-goes", [("speed", a_minute.into()), ("when", when.into())])
            }
            (Phase::Going, _, Some(through_at)) => locale.with("desk-goes-until", "when", at.moment(through_at)),
            (Phase::Going, ..) => locale.say("desk-goes-begun"),
        };
        let failures = match tally.miscarried() {
            0 => Vec::new(),
            _ => at.office().edition_failures(&EditionRef::Id(edition.edition)).await?,
        };
        Ok(Self {
            phase,
            sentence,
            done: tally.settled(),
            all: tally.candidates.max(1),
            tally: figures(tally, locale),
            failures: failures.into_iter().map(|failure| FailureView::of(failure, locale)).collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "desk/progress.html")]
struct Told {
    progress: ProgressView,
}

/// Somebody who watches.
struct Watch {
    at: At<Editions>,
    wanted: EditionRef,
    changes: Changes,
    /// When they began.
    phase: Phase,
    last: String,
    /// Before this nothing more is told.
    not_before: Instant,
    /// When something was told last.
    told_at: Instant,
    is_over: bool,
    _place: OwnedSemaphorePermit,
}

pub async fn watch(at: At<Editions>, Path((slug, number)): Path<(String, i64)>) -> Result<Response, Trouble> {
    let wanted = name(&slug, number)?;
    let phase = Phase::of(&at.office().edition_progress(&wanted).await?);
    let live = at.desk.live();
    let place = live.places.clone().try_acquire_owned().map_err(|error| Trouble::Busy(Box::new(error)))?;
    let mut changes = live.changes.clone();
    // How it is now is told at once.
    changes.mark_changed();
    let (last, now) = (String::new(), Instant::now());
    let (not_before, told_at, is_over) = (now, now, false);
    let watch = Watch { at, wanted, changes, phase, last, not_before, told_at, is_over, _place: place };
    let told = stream::unfold(watch, |mut watch| async {
        let event = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    let unkept = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([UNBUFFERED, unkept], Sse::new(told)).into_response())
}

impl Watch {
    /// What is told next; none if that was all: the daemon stops, the session has ended, or the page is to be made anew.
    async fn next(&mut self) -> Option<Event> {
        while !self.is_over {
            tokio::time::sleep_until(self.not_before).await;
            self.not_before = Instant::now() + EVERY;
            let silent_until = self.told_at + HEARTBEAT;
            let changed = tokio::time::timeout_at(silent_until, self.changes.changed()).await;
            let session = self.at.desk.session(&self.at.visit.ticket).await;
            if !session.is_ok_and(|session| session.is_some_and(|session| session.is_in_force(self.at.office().now())))
            {
                return None;
            }
            let told = match changed {
                Err(_) => None,
                Ok(changed) => {
                    changed.ok()?;
                    self.told().await
                }
            };
            // Other things may change all the while.
            let told = told.or_else(|| (Instant::now() >= silent_until).then(|| Event::default().comment("")));
            if told.is_some() {
                self.told_at = Instant::now();
                return told;
            }
        }
        None
    }

    /// How it is now, if that is another than was told.
    async fn told(&mut self) -> Option<Event> {
        let office = self.at.office();
        // What can't be read now may be a moment later.
        let edition = office.edition_progress(&self.wanted).await.ok()?;
        if Phase::of(&edition) != self.phase {
            self.is_over = true;
            return Some(Event::default().event("turned").data("look again"));
        }
        let progress = ProgressView::of(&self.at, &edition).await.ok()?;
        let html = Told { progress }.render().ok()?.replace('\r', " ");
        if html == self.last {
            return None;
        }
        self.last.clone_from(&html);
        Some(Event::default().event("progress").data(html))
    }
}
