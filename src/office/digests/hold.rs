//! Holding the sending of an edition, going on with it, giving it up.

use crate::domain::actor::Actor;
use crate::domain::edition::{Edition, EditionName, EditionRef, Hold, Telling};
use crate::domain::event::Event;
use crate::domain::refused::{Noun, Refused};
use crate::domain::wording::Locale;
use crate::office::{Office, Result};
use crate::shape::edition::{ChangedEvent, EditionRecord, HoldRecord};
use crate::store;

impl Office {
    /// Holds what is queued of an edition, over a restart too; what is on the wire ends.
    pub async fn stop_edition(&self, by: &Actor, wanted: &EditionRef) -> Result<HoldRecord> {
        let edition = self.wanted_edition(wanted).await?;
        let waits = self.waits(&edition).await?;
        match edition.hold {
            Hold::GivenUp(_) => return Err(given_up(&edition.name()).into()),
            Hold::Stopped(_) => {
                let said = format!("{} is stopped already", edition.name());
                return Err(Refused::conflict(said).about(Noun::Edition, edition.name()).into());
            }
            Hold::None if waits == 0 => return Err(nothing_waits(&edition).into()),
            Hold::None => {}
        }
        let deliveries = self.store.stop_edition(by, &edition).await?;
        self.hold_record(wanted, deliveries).await
    }

    /// Sends the rest of an edition that was stopped.
    pub async fn go_on_with_edition(&self, by: &Actor, wanted: &EditionRef) -> Result<HoldRecord> {
        let edition = self.stopped(wanted).await?;
        let deliveries = self.store.go_on_with_edition(by, &edition).await?;
        self.hold_record(wanted, deliveries).await
    }

    /// What would go out if an edition that was stopped went on.
    pub async fn held_edition(&self, wanted: &EditionRef) -> Result<HoldRecord> {
        let edition = self.stopped(wanted).await?;
        let waits = self.waits(&edition).await?;
        self.hold_record(wanted, waits).await
    }

    /// Gives up what waits of an edition, stopped or not: it is never sent, and its readers are told by the next one.
    pub async fn give_up_edition(&self, by: &Actor, wanted: &EditionRef) -> Result<HoldRecord> {
        let edition = self.waiting_edition(wanted).await?;
        let deliveries = self.store.give_up_edition(by, &edition).await?;
        self.hold_record(wanted, deliveries).await
    }

    /// How many deliveries would be given up.
    pub async fn would_give_up(&self, wanted: &EditionRef) -> Result<u64> {
        let edition = self.waiting_edition(wanted).await?;
        self.waits(&edition).await
    }

    /// Those that are stopped now.
    pub(in crate::office) async fn stopped_editions(&self) -> store::Result<Vec<EditionRecord>> {
        let mut records = Vec::new();
        for id in self.store.stopped_editions().await? {
            records.push(self.edition_record(&self.store.edition(&EditionRef::Id(id)).await?).await?);
        }
        Ok(records)
    }

    async fn stopped(&self, wanted: &EditionRef) -> Result<Edition> {
        let edition = self.wanted_edition(wanted).await?;
        match edition.hold {
            Hold::Stopped(_) => Ok(edition),
            Hold::GivenUp(_) => Err(given_up(&edition.name()).into()),
            Hold::None => {
                let said = format!("{} is not stopped: its sending goes on as it is", edition.name());
                Err(Refused::conflict(said).about(Noun::Edition, edition.name()).into())
            }
        }
    }

    async fn waiting_edition(&self, wanted: &EditionRef) -> Result<Edition> {
        let edition = self.wanted_edition(wanted).await?;
        match edition.hold {
            Hold::GivenUp(_) => Err(given_up(&edition.name()).into()),
            Hold::None if self.waits(&edition).await? == 0 => Err(nothing_waits(&edition).into()),
            Hold::None | Hold::Stopped(_) => Ok(edition),
        }
    }

    /// How many of its deliveries are still to be sent.
    async fn waits(&self, edition: &Edition) -> Result<u64> {
        let tally = self.store.tally(edition.id).await?;
        Ok((tally.queued + tally.deferred).unsigned_abs())
    }

    async fn hold_record(&self, wanted: &EditionRef, deliveries: u64) -> Result<HoldRecord> {
        let edition = self.wanted_edition(wanted).await?;
        let changed = self.changed_since(&edition).await?;
        Ok(HoldRecord { edition: self.edition_record(&edition).await?, deliveries, changed })
    }

    /// What an edition tells otherwise than it is now.
    async fn changed_since(&self, edition: &Edition) -> Result<Vec<ChangedEvent>> {
        let told = self.store.told_by(edition).await?;
        let ids: Vec<i64> = told.iter().filter_map(|telling| Some(event_told(telling)?.0)).collect();
        let events = self.store.events_by_ids(&ids).await?;
        Ok(told.iter().filter_map(|telling| changed(telling, &events)).collect())
    }
}

fn event_told(telling: &Telling) -> Option<(i64, &str)> {
    match telling {
        Telling::Event { id, date, .. } => Some((*id, date)),
        Telling::Article { .. } => None,
    }
}

fn changed(telling: &Telling, events: &[Event]) -> Option<ChangedEvent> {
    let Telling::Event { id, occurrence, date } = telling else { return None };
    let known = events.iter().find(|event| event.id == *id);
    let event = known.map(|event| match occurrence {
        Some(start) => event.occurrence(*start),
        None => event.clone(),
    });
    let is_on = |event: &&Event| event.is_public() && !event.is_cancelled();
    let now = event.as_ref().filter(is_on);
    if now.is_some_and(|event| Telling::of(event) == *telling) {
        return None;
    }
    Some(ChangedEvent {
        id: *id,
        title: event.as_ref().map(|event| event.details.title.clone()).unwrap_or_default(),
        told: date.clone(),
        start: now.map(|event| event.details.when.start().to_string()),
        end: now.and_then(|event| event.details.when.end()).map(|end| end.to_string()),
        when: now.map(|event| Locale::default().when(&event.details.when)),
    })
}

/// Of an edition that was given up.
pub(in crate::office) fn given_up(edition: &EditionName) -> Refused {
    let said = format!("{edition} was given up: nothing of it is sent any more");
    Refused::conflict(said).about(Noun::Edition, edition)
}

fn nothing_waits(edition: &Edition) -> Refused {
    let said = format!("nothing of {} waits to be sent", edition.name());
    Refused::conflict(said).about(Noun::Edition, edition.name())
}
