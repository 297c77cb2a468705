//! Drafts: what texts propose, kept, and what becomes of a draft that is published.

use std::collections::HashMap;

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::events::{by_ids, import};
use super::{Result, Revised, Store};
use crate::domain::FieldError;
use crate::domain::actor::Actor;
use crate::domain::event::{Details, Event, Status};
use crate::domain::import::ImportOrigin;
use crate::domain::proposal::{Becomes, Proposal, may_be_moved};
use crate::domain::when::When;
use crate::progress::Progress;

impl Store {
    /// Keeps what was proposed as drafts, all or nothing: each with its event, in the order given. An error says what is wrong
    /// with one.
    pub async fn keep_proposals(
        &self,
        by: &Actor,
        proposals: &[Proposal],
        host: &str,
    ) -> Result<std::result::Result<Vec<Event>, FieldError>> {
        let mut transaction = self.begin().await?;
        let kept = self.keep_drafts(&mut transaction, by, proposals, host).await?;
        if kept.is_ok() {
            transaction.commit().await?;
        }
        Ok(kept)
    }

    /// All that wait for somebody to look at them, by their ids.
    pub async fn waiting_drafts(&self) -> Result<Vec<Event>> {
        let mut transaction = self.read.begin().await?;
        let ids = sqlx::query_scalar!("SELECT id FROM event WHERE status = 'draft' AND removed = 0 ORDER BY id");
        let ids = ids.fetch_all(&mut *transaction).await?;
        by_ids(&mut transaction, &ids).await
    }

    pub(super) async fn keep_drafts(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        by: &Actor,
        proposals: &[Proposal],
        host: &str,
    ) -> Result<std::result::Result<Vec<Event>, FieldError>> {
        let entries = proposals.iter().cloned().enumerate().map(|(number, proposal)| proposal.entry(number)).collect();
        let origin = ImportOrigin { host, ..ImportOrigin::default() };
        let counts = import::take_in(transaction, by, entries, origin, self.now(), &Progress::default()).await?;
        if let Some((_, error)) = counts.rejected.into_iter().next() {
            return Ok(Err(error));
        }
        let uids: Vec<&str> = proposals.iter().map(Proposal::kept_uid).collect();
        let kept: HashMap<String, Event> = super::events::by_uids(transaction, &uids).await?;
        for proposal in proposals {
            if let (Becomes::Move { event }, Some(draft)) = (&proposal.becomes, kept.get(&proposal.uid)) {
                note_move(transaction, draft.id, *event).await?;
            }
        }
        Ok(Ok(uids.into_iter().filter_map(|uid| kept.get(uid).cloned()).collect()))
    }

    /// The event that a draft gives another date, if it does.
    pub async fn event_moved_by(&self, draft: i64) -> Result<Option<i64>> {
        Ok(moved_by(&mut *self.read.acquire().await?, draft).await?.map(|(event, _)| event))
    }

    /// Shows drafts to all, every one of them or none. A draft that has another date for an event moves that, and is gone.
    pub async fn publish_events(&self, by: &Actor, ids: &[i64]) -> Result<Vec<Revised>> {
        let mut transaction = self.begin().await?;
        let mut revised = Vec::new();
        for &id in ids {
            let Some((event, when)) = moved_by(&mut transaction, id).await? else {
                revised.push(self.revise(&mut transaction, by, id.into(), |event, now| event.publish(now)).await?);
                continue;
            };
            let to_there = |it: &mut Event, now| it.revise(Details { when, ..it.details.clone() }, now);
            revised.push(self.revise(&mut transaction, by, event.into(), to_there).await?);
            self.revise(&mut transaction, by, id.into(), |draft, now| Ok(draft.remove(now))).await?;
        }
        transaction.commit().await?;
        Ok(revised)
    }
}

/// From now on this draft says that the event has another date.
pub(super) async fn note_move(transaction: &mut Transaction<'_, Sqlite>, draft: i64, event: i64) -> Result<()> {
    sqlx::query!(
        "INSERT INTO moving (draft, event) VALUES ($1, $2) ON CONFLICT (draft) DO UPDATE SET event = excluded.event",
        draft,
        event
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Of a draft that has another date for an event that is there: that event, and the date.
async fn moved_by(connection: &mut SqliteConnection, draft: i64) -> Result<Option<(i64, When)>> {
    let event = sqlx::query_scalar!("SELECT event FROM moving WHERE draft = $1", draft);
    let Some(event) = event.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let found = by_ids(connection, &[draft, event]).await?;
    let of = |id: i64| found.iter().find(|event| event.id == id && !event.removed);
    let (Some(draft), Some(event)) = (of(draft), of(event)) else { return Ok(None) };
    let moves = draft.details.status == Status::Draft && may_be_moved(event);
    Ok(moves.then(|| (event.id, draft.details.when.clone())))
}
