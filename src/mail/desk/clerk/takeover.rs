//! Another configuration takes over: what waits is done by it, what is on the wire is finished as it was begun.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Clerk, InHand, LineId, Takeover, ahead};
use crate::store::{RelayChange, Result};

impl Clerk {
    /// From now on all is done by `next`. A worker whose line is gone finishes what it has on the wire and gets nothing more:
    /// how that ends is settled as ever.
    pub(super) fn take_over(&mut self, next: Takeover) {
        let Takeover { config, composer, gate, lines } = next;
        let (now, clock) = (Instant::now(), self.store.now());
        self.config = config;
        if !Arc::ptr_eq(&self.composer, &composer) {
            // What a worker has asked its server about goes as it was made; all else is made anew.
            self.composer = composer;
            self.ready.clear();
        }
        let former = std::mem::replace(&mut self.gate, gate);
        if let Some(judged) = self.gate.follow(former, clock) {
            // What it would put off is put off again.
            self.turn.put_off = judged.into_iter().map(|id| (id, clock)).collect();
        }

        let stays: Vec<_> = lines.iter().map(|line| line.id).collect();
        let mut former = std::mem::take(&mut self.lines);
        for mut line in lines {
            let same = former.iter().position(|known| known.id == line.id);
            let alike = || former.iter().position(|known| known.name == line.name && !stays.contains(&known.id));
            if let Some(at) = same.or_else(alike) {
                let known = former.remove(at);
                let on_the_wire = self.in_hand.values().filter(|held| held.line == known.id).count();
                let is_other = line.id != known.id;
                line.follow(known, on_the_wire, now);
                // Another password may be what it wants.
                let stop = if is_other { line.standing.renew(clock) } else { None };
                self.turn.relays.extend(stop.map(RelayChange::Tried));
            }
            self.lines.push(line);
        }
        self.has_other_relays |= !former.is_empty() || self.lines.iter().any(|line| !line.is_resumed);
        for mut line in former {
            line.waiting.clear();
            line.is_leaving = true;
            self.lines.push(line);
        }
        self.ahead = ahead(&self.composer, &self.lines);
        self.look_again();
    }

    /// Links in messages that are made ahead open nothing if the secret was renewed because others know it.
    pub(super) fn heed_secret(&mut self) {
        let word = self.composer.word();
        if self.word != word {
            self.word = word;
            self.ready.clear();
        }
    }

    /// The place of a line whose workers may get something.
    pub(super) fn place(&self, line: LineId) -> Option<usize> {
        self.lines.iter().position(|known| known.id == line && !known.is_leaving)
    }

    /// The place of a line, or of the one of the same relay that follows it.
    pub(super) fn successor(&self, line: LineId, relay: &str) -> Option<usize> {
        let same = self.lines.iter().position(|known| known.id == line);
        same.or_else(|| self.lines.iter().position(|known| *known.name == *relay))
    }

    /// A delivery of a line whose place another has taken is off the wire: that has room for one more.
    pub(super) fn make_room_after(&mut self, held: &InHand) {
        if let Some(at) = self.successor(held.line, &held.relay)
            && self.lines[at].id != held.line
        {
            self.lines[at].overlap = self.lines[at].overlap.saturating_sub(1);
        }
    }

    /// A line that is gone stays until nothing of it is on the wire.
    pub(super) fn let_go(&mut self) {
        let (before, in_hand) = (self.lines.len(), &self.in_hand);
        self.lines.retain(|line| !line.is_leaving || in_hand.values().any(|held| held.relay == line.name));
        self.has_other_relays |= self.lines.len() < before;
    }

    /// What is kept of relays that are gone goes with them; a new one begins anew.
    pub(super) async fn forget_relays(&mut self) -> Result<()> {
        if self.has_other_relays && self.turn.relays.is_empty() {
            let known = self.lines.iter().filter(|line| line.is_resumed);
            self.store.keep_relays(&known.map(|line| line.name.to_string()).collect::<Vec<_>>()).await?;
            self.lines.iter_mut().for_each(|line| line.is_resumed = true);
            self.has_other_relays = false;
        }
        Ok(())
    }
}
