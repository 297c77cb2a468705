//! Places for connections at a door of ours: so many in all, and no more for one network than its share. Where there is
//! none left, the connection that has waited longest for its peer gives its own up, so that nobody shuts the others out
//! by connecting and then saying nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::domain::network::Network;

/// The places of one door.
#[derive(Clone)]
pub struct Places(Arc<Parts>);

struct Parts {
    all: usize,
    /// Of one network.
    each: usize,
    begun: Instant,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next_id: u64,
    places: HashMap<u64, Known>,
}

struct Known {
    network: Option<Network>,
    turn: Arc<Turn>,
    gone: CancellationToken,
}

/// Since when the peer is waited for, in milliseconds since the door opened; or that we are at work for it.
struct Turn(AtomicU64);

const OURS: u64 = u64::MAX;

impl Places {
    pub fn new(all: usize, each: usize) -> Self {
        Self(Arc::new(Parts { all, each, begun: Instant::now(), taken: Mutex::default() }))
    }

    /// A place for a connection from this network; one from none, such as a trusted proxy's, has no share to keep to.
    /// None if all are at work.
    pub fn take(&self, network: Option<Network>) -> Option<Place> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let its_own = |known: &Known| network.is_some() && known.network == network;
        if taken.places.values().filter(|known| its_own(known)).count() >= self.0.each {
            taken.free_one(its_own)?;
        }
        if taken.places.len() >= self.0.all {
            taken.free_one(|_| true)?;
        }
        let id = taken.next_id;
        taken.next_id += 1;
        let (turn, gone) = (Arc::new(Turn(AtomicU64::new(self.now()))), CancellationToken::new());
        taken.places.insert(id, Known { network, turn: turn.clone(), gone: gone.clone() });
        Some(Place { places: self.clone(), id, turn, gone })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.begun.elapsed().as_millis()).unwrap_or(OURS - 1)
    }
}

impl Taken {
    /// Ends the one of these that has waited longest for its peer; none if we are at work for all of them.
    fn free_one(&mut self, is_meant: impl Fn(&Known) -> bool) -> Option<()> {
        let waiting = |known: &Known| Some(known.turn.0.load(Ordering::Relaxed)).filter(|since| *since != OURS);
        let meant = self.places.iter().filter(|(_, known)| is_meant(known));
        let (_, id) = meant.filter_map(|(id, known)| Some((waiting(known)?, *id))).min()?;
        let known = self.places.remove(&id)?;
        known.gone.cancel();
        Some(())
    }
}

/// A place that a connection holds until this is dropped.
pub struct Place {
    places: Places,
    id: u64,
    turn: Arc<Turn>,
    gone: CancellationToken,
}

impl Place {
    /// From now on the peer is waited for: it has to say something, or to read what it was told.
    pub fn wait(&self) {
        self.turn.0.store(self.places.now(), Ordering::Relaxed);
    }

    /// The peer did something: the wait for it begins anew, if it is waited for.
    pub fn progress(&self) {
        if self.turn.0.load(Ordering::Relaxed) != OURS {
            self.wait();
        }
    }

    /// What the peer wants is being done; nobody else gets its place meanwhile.
    pub fn work(&self) {
        self.turn.0.store(OURS, Ordering::Relaxed);
    }

    /// Ends when the place went to somebody else.
    pub async fn lost(&self) {
        self.gone.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.taken.lock().unwrap_or_else(PoisonError::into_inner).places.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn network(number: u8) -> Option<Network> {
        Some(Network::of_client([10, number, 0, 1].into(), &[], &[], &[]))
    }

    fn is_lost(place: &Place) -> bool {
        place.gone.is_cancelled()
    }

    #[test]
    fn a_network_keeps_to_its_share_and_its_oldest_makes_room() {
        let places = Places::new(10, 2);
        let [first, second] = [0, 1].map(|_| {
            std::thread::sleep(Duration::from_millis(3));
            places.take(network(1)).unwrap()
        });
        let other = places.take(network(2)).unwrap();
        std::thread::sleep(Duration::from_millis(3));
        first.progress();
        let third = places.take(network(1)).unwrap();
        assert!(is_lost(&second) && !is_lost(&first) && !is_lost(&third) && !is_lost(&other));
        // Who is at work is not sent away, and so nobody else comes in.
        first.work();
        third.work();
        assert!(places.take(network(1)).is_none());
        first.progress();
        assert!(places.take(network(1)).is_none());
        third.wait();
        assert!(places.take(network(1)).is_some() && is_lost(&third));
    }

    #[test]
    fn a_full_door_opens_for_the_next_as_long_as_somebody_only_waits() {
        let places = Places::new(3, 3);
        let held: Vec<_> = (1..4).map(|n| places.take(network(n)).unwrap()).collect();
        held[0].work();
        held[1].work();
        // A proxy has no share, and yet no more than there are.
        let proxy = places.take(None).unwrap();
        assert!(is_lost(&held[2]));
        proxy.work();
        assert!(places.take(None).is_none());
        drop(held);
        assert_eq!(places.0.taken.lock().unwrap().places.len(), 1);
        let more: Vec<_> = (0..2).map(|_| places.take(None).unwrap()).collect();
        assert!(!is_lost(&proxy) && more.iter().all(|place| !is_lost(place)));
    }
}
