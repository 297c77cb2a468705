//! What becomes of what a watched page or feed tells: a new draft, another date of one, nothing since it is known, or a
//! draft that says that an event has another date. What is published is never changed.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::event::{Details, Event, Status};
use crate::domain::proposal::{Proposal, moves_sentence};
use crate::domain::text::fold_case;
use crate::domain::watch::{Decided, Known, SeenProposal, SeenText};
use crate::domain::when::Point;
use crate::domain::zone::Zone;
use crate::intake::extract::{Called, Told, told_otherwise};
use crate::intake::page::words;

/// As many drafts are made of one look.
const MOST_DRAFTS: usize = 50;

/// What one item of a feed tells, or a page.
#[derive(Debug)]
pub struct Piece {
    /// The item's key; empty for a page.
    pub item: String,
    pub proposals: Vec<Proposal>,
}

/// What was read of a source this time.
#[derive(Debug)]
pub struct Look {
    pub pieces: Vec<Piece>,
    /// All texts that are there.
    pub texts: Vec<SeenText>,
    /// It is looked at for the first time, or is another than it was: what is over is no news.
    pub is_ahead_only: bool,
    /// Of a page, the words that were there before.
    pub old_words: Option<String>,
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// New drafts.
    pub proposed: usize,
    /// Of these, how many say that an event has another date.
    pub moves: usize,
    /// Drafts that nobody had touched, and that have another date now.
    pub updated: usize,
    /// Dates that are told and were known.
    pub known: usize,
    /// Titles of what was not proposed this time.
    pub held_back: Vec<String>,
}

pub fn decide(look: Look, known: Known) -> (Decided, Outcome) {
    let told = Told::of(&known.events);
    let (mut by_item, mut by_event): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = Default::default();
    for seen in &known.seen.proposals {
        by_item.entry(seen.item.clone()).or_default().push(seen.uid.clone());
        by_event.entry(seen.event_id.unwrap_or_default()).or_default().push(seen.uid.clone());
    }
    let mut judge = Judge {
        now: look.now,
        is_ahead_only: look.is_ahead_only,
        old_words: look.old_words.as_deref().map(words),
        told_now: HashSet::new(),
        by_said: known.seen.proposals.iter().map(|seen| (said(&seen.title, seen.start), seen.uid.clone())).collect(),
        by_uid: known.events.iter().map(|event| (event.uid.clone(), event.id)).collect(),
        seen: known.seen.proposals.into_iter().map(|seen| (seen.uid.clone(), seen)).collect(),
        events: known.events.into_iter().map(|event| (event.id, event)).collect(),
        touched: known.touched.into_iter().collect(),
        by_item,
        by_event,
        told,
        wanted: Vec::new(),
        decided: Decided::default(),
        outcome: Outcome::default(),
    };
    let is_page = look.old_words.is_some();
    let was_there: HashSet<String> = known.seen.texts.into_iter().map(|text| text.key).collect();
    for piece in look.pieces {
        judge.take(piece);
    }
    let held_items = judge.propose();
    let is_held_back = !held_items.is_empty();
    let (mut decided, outcome) = (judge.decided, judge.outcome);
    decided.texts = look.texts;
    // What is held back is read again, and so is new then, too.
    match is_page {
        true => decided.texts.retain(|text| !is_held_back || was_there.contains(&text.key)),
        false => {
            for text in decided.texts.iter_mut().filter(|text| held_items.contains(&text.key)) {
                text.hash.clear();
            }
        }
    }
    (decided, outcome)
}

/// A draft that is wanted.
struct Wish {
    item: String,
    proposal: Proposal,
    /// The event that it has another date for.
    moves: Option<i64>,
}

struct Judge {
    now: Timestamp,
    is_ahead_only: bool,
    old_words: Option<String>,
    /// The UIDs of all that the pieces tell.
    told_now: HashSet<String>,
    seen: HashMap<String, SeenProposal>,
    /// The UIDs of what was seen, by title and date.
    by_said: HashMap<(String, Point), String>,
    events: HashMap<i64, Event>,
    by_uid: HashMap<String, i64>,
    /// The UIDs of what an item told before, and of what became an event.
    by_item: HashMap<String, Vec<String>>,
    by_event: HashMap<i64, Vec<String>>,
    touched: HashSet<i64>,
    told: Told,
    wanted: Vec<Wish>,
    decided: Decided,
    outcome: Outcome,
}

impl Judge {
    fn take(&mut self, piece: Piece) {
        let Piece { item, mut proposals } = piece;
        proposals.sort_by_key(|proposal| proposal.details.when.first_instant());
        let told: HashSet<String> = proposals.iter().map(|proposal| proposal.uid.clone()).collect();
        self.told_now.extend(told.iter().cloned());
        let of_item = self.by_item.remove(&item).unwrap_or_default();
        let before = of_item.iter().filter_map(|uid| self.seen.get(uid));
        let mut gone: Vec<SeenProposal> = before.filter(|seen| self.may_have_moved(seen)).cloned().collect();
        gone.sort_by_key(|seen| (seen.start.first_day(), seen.uid.clone()));
        for proposal in proposals {
            self.judge(&item, proposal, &mut gone);
        }
        for uid in of_item.iter().filter(|uid| !told.contains(*uid)) {
            if let Some(seen) = self.seen.get_mut(uid).filter(|seen| seen.is_told && seen.item == item) {
                seen.is_told = false;
                self.decided.proposals.push(seen.clone());
            }
        }
    }

    /// Whether an item that told this once and does not now may have given it another date: what is past stays where it was.
    fn may_have_moved(&self, seen: &SeenProposal) -> bool {
        let Some(event) = seen.event_id.filter(|_| !self.told_now.contains(&seen.uid)) else { return false };
        let others = self.by_event.get(&event).into_iter().flatten().filter(|uid| **uid != seen.uid);
        let is_told =
            |uid: &String| self.told_now.contains(uid) || self.seen.get(uid).is_some_and(|other| other.is_told);
        seen.start.last_day() >= Zone::utc().at(self.now).date() && (seen.is_told || !others.into_iter().any(is_told))
    }

    fn judge(&mut self, item: &str, proposal: Proposal, gone: &mut Vec<SeenProposal>) {
        let start = proposal.details.when.start();
        if let Some(before) = self.seen.get(&proposal.uid).cloned() {
            let is_back = !before.is_told && before.event_id.is_some();
            return match () {
                // A guess follows the clock, and not the text.
                () if before.start != start && !proposal.is_year_guessed && before.event_id.is_some() => {
                    self.shift(item, proposal, &before);
                }
                () if before.start != start && !proposal.is_year_guessed => self.consider(item, proposal),
                () => match heir(gone, &proposal).filter(|_| is_back) {
                    Some(at) => {
                        let before = gone.remove(at);
                        self.shift(item, proposal, &before);
                    }
                    None => self.remember(item, &proposal, before.event_id, before.moves),
                },
            };
        }
        let said_before =
            self.by_said.get(&said(&proposal.details.title, start)).and_then(|uid| self.seen.get(uid)).cloned();
        if let Some(before) = said_before {
            return self.remember(item, &proposal, before.event_id, before.moves);
        }
        if let Some(at) = heir(gone, &proposal) {
            let before = gone.remove(at);
            return match before.start == start {
                // The same in other words.
                true => self.remember(item, &proposal, before.event_id, before.moves),
                false => self.shift(item, proposal, &before),
            };
        }
        if let Some(id) = told_otherwise(&proposal, self.events.values()).map(|event| event.id) {
            return self.move_event(item, proposal, id, None);
        }
        self.consider(item, proposal);
    }

    /// What nobody told before.
    fn consider(&mut self, item: &str, proposal: Proposal) {
        let known = self.by_uid.get(&proposal.uid).copied().or_else(|| self.told.find(&proposal.details));
        let is_over = || proposal.details.when.end_instant() <= self.now;
        let is_old = || self.old_words.as_ref().is_some_and(|old| old.contains(&words(&proposal.source_text)));
        match known {
            Some(id) => self.remember(item, &proposal, Some(id), None),
            None if self.is_ahead_only && is_over() || is_old() => {
                self.remember(item, &proposal, None, None);
                self.outcome.known -= 1;
            }
            None => self.wish(item, proposal, None),
        }
    }

    /// Another date for what was seen, whatever became of that.
    fn shift(&mut self, item: &str, proposal: Proposal, before: &SeenProposal) {
        let became = before.event_id.and_then(|id| self.events.get(&id));
        // Who removed a draft with another date for an event has nothing against the event.
        match (became, before.moves) {
            (Some(draft), Some(event)) if draft.removed => self.move_event(item, proposal, event, None),
            (Some(event), moves) => self.move_event(item, proposal, event.id, moves),
            (None, _) => self.consider(item, proposal),
        }
    }

    /// `moves`: of a draft, the event that it has another date for.
    fn move_event(&mut self, item: &str, proposal: Proposal, id: i64, moves: Option<i64>) {
        let Some(event) = self.events.get(&id) else { return self.consider(item, proposal) };
        let is_draft = event.details.status == Status::Draft;
        // What an editor removed stays away, and what they moved is where it should be.
        if event.removed || event.details.when == proposal.details.when {
            return self.remember(item, &proposal, Some(id), moves);
        }
        if event.details.status == Status::Cancelled || event.details.repeat.is_some() {
            return self.consider(item, proposal);
        }
        if is_draft && !self.touched.contains(&id) {
            return self.rewrite(item, proposal, id, moves);
        }
        // A draft with another date that nobody has looked at says the last one.
        let waiting = self.seen.values().find(|seen| {
            let draft = seen.event_id.and_then(|id| self.events.get(&id));
            seen.moves == Some(id)
                && draft.is_some_and(|it| {
                    it.details.status == Status::Draft && !it.removed && !self.touched.contains(&it.id)
                })
        });
        match waiting.and_then(|seen| seen.event_id) {
            Some(draft) => self.rewrite(item, proposal, draft, Some(id)),
            None => self.wish(item, proposal, Some(id)),
        }
    }

    fn rewrite(&mut self, item: &str, mut proposal: Proposal, id: i64, moves: Option<i64>) {
        self.tell_move(&mut proposal.details, moves);
        self.remember(item, &proposal, Some(id), moves);
        self.outcome.known -= 1;
        self.outcome.updated += 1;
        self.decided.revised.retain(|(other, _)| *other != id);
        self.decided.revised.push((id, proposal.details));
    }

    fn wish(&mut self, item: &str, proposal: Proposal, moves: Option<i64>) {
        let is_same = |wish: &Wish| {
            let (one, other) = (&wish.proposal.details, &proposal.details);
            wish.proposal.uid == proposal.uid
                || moves.is_some() && wish.moves == moves
                || (one.kind, one.when.start()) == (other.kind, other.when.start())
                    && Called::of(one).is_of_the_same_as(Called::of(other))
        };
        if !self.wanted.iter().any(is_same) {
            self.wanted.push(Wish { item: item.to_owned(), proposal, moves });
        }
    }

    /// Makes drafts of what is wanted, what comes first first. The items of what has to wait.
    fn propose(&mut self) -> HashSet<String> {
        let mut wanted = std::mem::take(&mut self.wanted);
        let now = self.now;
        wanted.sort_by_key(|wish| {
            let when = &wish.proposal.details.when;
            (when.end_instant() <= now, (when.first_instant().as_second() - now.as_second()).abs())
        });
        let held_back = wanted.split_off(wanted.len().min(MOST_DRAFTS));
        for Wish { item, mut proposal, moves } in wanted {
            self.tell_move(&mut proposal.details, moves);
            self.outcome.proposed += 1;
            self.outcome.moves += usize::from(moves.is_some());
            self.decided.proposals.push(row(&item, &proposal, None, moves));
            self.decided.added.push((proposal.uid, proposal.details));
        }
        self.outcome.held_back = held_back.iter().map(|wish| wish.proposal.details.title.clone()).collect();
        held_back.into_iter().map(|wish| wish.item).collect()
    }

    /// For the editor who looks at the draft.
    fn tell_move(&self, details: &mut Details, moves: Option<i64>) {
        if let Some(event) = moves.and_then(|id| self.events.get(&id)) {
            details.description.push_str(&format!("\n\n{}", moves_sentence(event)));
        }
    }

    fn remember(&mut self, item: &str, proposal: &Proposal, event_id: Option<i64>, moves: Option<i64>) {
        self.outcome.known += 1;
        let row = row(item, proposal, event_id, moves);
        if self.seen.get(&row.uid) != Some(&row) {
            self.decided.proposals.push(row.clone());
        }
        self.by_said.insert(said(&row.title, row.start), row.uid.clone());
        self.seen.insert(row.uid.clone(), row);
    }
}

/// Which of what is told no more this takes the place of.
fn heir(gone: &[SeenProposal], proposal: &Proposal) -> Option<usize> {
    let details = &proposal.details;
    let is_heir = |seen: &SeenProposal| {
        let known = Called { title: &seen.title, standards: &seen.standards };
        seen.kind == details.kind && Called::of(details).is_of_the_same_as(known)
    };
    let same_start = gone.iter().position(|seen| seen.start == details.when.start() && is_heir(seen));
    same_start.or_else(|| gone.iter().position(is_heir))
}

fn row(item: &str, proposal: &Proposal, event_id: Option<i64>, moves: Option<i64>) -> SeenProposal {
    let details = &proposal.details;
    SeenProposal {
        uid: proposal.uid.clone(),
        item: item.to_owned(),
        kind: details.kind,
        title: details.title.clone(),
        standards: details.standards.clone(),
        start: details.when.start(),
        event_id,
        moves,
        is_told: true,
    }
}

fn said(title: &str, start: Point) -> (String, Point) {
    (fold_case(title), start)
}
