//! How fast mail may go: over a relay, to one recipient's domain, and not at all at night. Pure; what `now` is, the
//! caller says.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::config::{MailConfig, QuietHours, Rate};
use crate::domain::zone::Zone;
use crate::store::{Outgoing, URGENT};

/// What a busy moment kept back may be made up for this long: the configured rate is the one that is reached.
const CATCH_UP: Duration = Duration::from_millis(100);
/// A slot that was given out and not used by then is nobody's any more.
const SLOT_LASTS: i64 = 60;

/// The rate of one relay over all of its connections.
pub struct RelayPace {
    /// None: as fast as it goes.
    interval: Option<Duration>,
    next: Instant,
}

impl RelayPace {
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { interval: rate.interval(), next: now }
    }

    /// After one of the same relay: whatever the rate was, what has gone counts, so that no change lets more go.
    pub fn follow(&mut self, former: &Self, now: Instant) {
        if let Some(interval) = self.interval {
            self.next = former.next.min(now + interval);
        }
    }

    /// How many messages may go now.
    pub fn free(&self, now: Instant) -> usize {
        match self.interval {
            None => usize::MAX,
            Some(interval) => {
                let from = self.next.max(now - CATCH_UP.min(interval * 100));
                match now.checked_duration_since(from) {
                    None => 0,
                    Some(gone) => 1 + (gone.as_nanos() / interval.as_nanos().max(1)) as usize,
                }
            }
        }
    }

    /// One goes.
    pub fn take(&mut self, now: Instant) {
        if let Some(interval) = self.interval {
            self.next = self.next.max(now - CATCH_UP.min(interval * 100)) + interval;
        }
    }

    /// When the next one may go.
    pub fn next(&self) -> Instant {
        self.next
    }
}

/// What may keep a single delivery back for a while.
pub struct Gate {
    domains: DomainPaces,
    quiet: Option<QuietHours>,
    zone: Zone,
}

impl Gate {
    /// `zone` is the clock of readers whose own is not known.
    pub fn new(config: &MailConfig, zone: &Zone) -> Self {
        Self { domains: DomainPaces::new(config), quiet: config.quiet_hours, zone: zone.clone() }
    }

    /// After one of before: what has gone counts.
    pub fn follow(&mut self, former: Self, now: Timestamp) {
        self.domains.follow(former.domains, now);
    }

    /// When the delivery may go, or none if that is now. What somebody waits for knows no night.
    pub fn judge(&mut self, delivery: &Outgoing, now: Timestamp) -> Option<Timestamp> {
        if delivery.lane != URGENT
            && let Some(quiet) = self.quiet
            && let Some(morning) = end_of_quiet(quiet, delivery.timezone.as_ref().unwrap_or(&self.zone), now)
        {
            return Some(morning);
        }
        self.domains.judge(delivery.address.domain(), delivery.due_at, now)
    }
}

/// When the quiet hours end that `now` lies in, if it does.
fn end_of_quiet(quiet: QuietHours, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
    let local = zone.at(now);
    let time = local.time();
    let QuietHours { from, to } = quiet;
    let is_quiet = |time: Time| match from <= to {
        true => (from..to).contains(&time),
        false => time >= from || time < to,
    };
    if !is_quiet(time) {
        return None;
    }
    let day = if time < to { local.date() } else { local.date().tomorrow().ok()? };
    // Where the clock is put back, its end may seem to have been.
    Some(zone.instant(day.to_datetime(to))).filter(|end| *end > now)
}

/// Rates of recipients' domains. A delivery that comes too early is given a slot of its own, so that each is put off
/// once however long the queue is.
struct DomainPaces {
    default: Rate,
    rates: HashMap<String, Rate>,
    paces: HashMap<String, DomainPace>,
}

#[derive(Default)]
struct DomainPace {
    /// The next slot, in nanoseconds since 1970.
    next: i128,
    /// Slots given out, by the second.
    slots: BTreeMap<i64, u32>,
}

impl DomainPaces {
    fn new(config: &MailConfig) -> Self {
        let rates = config.domain_rates.iter().map(|(domain, rate)| (domain.to_lowercase(), *rate)).collect();
        Self { default: config.domain_rate, rates, paces: HashMap::new() }
    }

    /// From one message to a domain to the next, in nanoseconds; none without a limit.
    fn interval(&self, domain: &str) -> Option<i128> {
        Some(self.rates.get(domain).unwrap_or(&self.default).interval()?.as_nanos() as i128)
    }

    /// Slots hold as long as the rate does. By another one each delivery is judged anew when its slot comes.
    fn follow(&mut self, mut former: Self, now: Timestamp) {
        for (domain, pace) in std::mem::take(&mut former.paces) {
            let Some(interval) = self.interval(&domain) else { continue };
            let kept = match former.interval(&domain) == Some(interval) {
                true => pace,
                false => DomainPace { next: pace.next.min(now.as_nanosecond() + interval), slots: BTreeMap::new() },
            };
            self.paces.insert(domain, kept);
        }
    }

    fn judge(&mut self, domain: &str, due_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let domain = domain.to_lowercase();
        let interval = self.interval(&domain)?;
        let pace = self.paces.entry(domain).or_default();
        let second = now.as_second();
        while let Some(slot) = pace.slots.first_entry().filter(|slot| *slot.key() < second - SLOT_LASTS) {
            slot.remove();
        }
        if let Some(slots) = pace.slots.get_mut(&due_at.as_second()).filter(|slots| **slots > 0) {
            *slots -= 1;
            return None;
        }
        // Slots are told in whole seconds, as the outbox keeps them.
        let end_of_second = i128::from(second + 1) * 1_000_000_000;
        let slot = pace.next.max(now.as_nanosecond());
        pace.next = slot + interval;
        if slot < end_of_second {
            return None;
        }
        let slot = i64::try_from(slot / 1_000_000_000).unwrap_or(second + 1);
        *pace.slots.entry(slot).or_default() += 1;
        Some(crate::clock::whole_second(now + SignedDuration::from_secs(slot - second)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_relay_gets_its_rate_also_after_a_busy_moment() {
        let begun = Instant::now();
        let mut pace = RelayPace::new("100/s".parse().unwrap(), begun);
        let mut sent = 0;
        // Looked at every 30 ms only, and asked for more than it gives.
        for step in 0..100 {
            let now = begun + Duration::from_millis(30 * step);
            for _ in 0..pace.free(now).min(50) {
                pace.take(now);
                sent += 1;
            }
        }
        assert!((290..=311).contains(&sent), "{sent} in three seconds at 100/s");
        let unlimited = RelayPace::new(Rate::default(), begun);
        assert_eq!(unlimited.free(begun), usize::MAX);
    }

    #[test]
    fn however_often_its_pace_follows_another_a_relay_gets_no_more_than_its_rate() {
        let begun = Instant::now();
        let rates: Vec<Rate> = ["10/s", "20/s"].map(|rate| rate.parse().unwrap()).into();
        let mut pace = RelayPace::new(rates[0], begun);
        let mut sent = 0;
        for step in 0..300 {
            let now = begun + Duration::from_millis(10 * step);
            let mut next = RelayPace::new(rates[step as usize % 2], now);
            next.follow(&pace, now);
            pace = next;
            for _ in 0..pace.free(now).min(50) {
                pace.take(now);
                sent += 1;
            }
        }
        assert!((30..=61).contains(&sent), "{sent} in three seconds at 10/s and 20/s in turns");
    }

    #[test]
    fn slots_of_domains_hold_over_a_change_unless_the_rate_is_another() {
        let start = at("2026-01-01T00:00:00Z");
        let paces =
            |rate: &str| DomainPaces::new(&MailConfig { domain_rate: rate.parse().unwrap(), ..MailConfig::default() });
        let sent_of = |rates: [&str; 2]| {
            let (mut known, mut sent, mut queue) = (paces(rates[0]), 0, vec![start; 100]);
            for second in 0..10 {
                let now = start + SignedDuration::from_secs(second);
                // Several within a second.
                for step in 0..5 {
                    let mut next = paces(rates[step % 2]);
                    next.follow(known, now);
                    known = next;
                    let (due, mut rest): (Vec<_>, Vec<_>) = queue.into_iter().partition(|due| *due <= now);
                    let later: Vec<_> = due.iter().filter_map(|due| known.judge("a.example", *due, now)).collect();
                    sent += due.len() - later.len();
                    rest.extend(later);
                    queue = rest;
                }
            }
            sent
        };
        assert!((18..=22).contains(&sent_of(["2/s", "2/s"])), "{}", sent_of(["2/s", "2/s"]));
        let mixed = sent_of(["2/s", "4/s"]);
        assert!((18..=42).contains(&mixed), "{mixed}");
    }

    #[test]
    fn a_domain_gets_its_rate_and_each_delivery_is_put_off_once() {
        let config = MailConfig {
            domain_rates: HashMap::from([("Slow.example".into(), "2/s".parse().unwrap())]),
            ..MailConfig::default()
        };
        let mut paces = DomainPaces::new(&config);
        let start = at("2026-01-01T00:00:00Z");
        assert_eq!(paces.judge("fast.example", start, start), None);
        let mut queue = vec![start; 21];
        let (mut sent, mut judged) = (Vec::new(), 0);
        for second in 0..20 {
            let now = start + SignedDuration::from_secs(second);
            let mut rest = Vec::new();
            for due in queue {
                match due <= now {
                    false => rest.push(due),
                    true => {
                        judged += 1;
                        match paces.judge("slow.example", due, now) {
                            None => sent.push(second),
                            Some(until) => rest.push(until),
                        }
                    }
                }
            }
            queue = rest;
        }
        assert_eq!(sent.len(), 21);
        assert!(judged <= 42, "{judged}");
        for second in 0..10 {
            let n = sent.iter().filter(|s| **s == second).count();
            assert!((1..=3).contains(&n), "{n} in second {second}: {sent:?}");
        }
    }

    #[test]
    fn at_night_nobody_is_woken() {
        let quiet: QuietHours = "22:00-07:00".parse().unwrap();
        let shanghai: Zone = "Asia/Shanghai".parse().unwrap();
        let end = |zone: &Zone, now: &str| end_of_quiet(quiet, zone, at(now)).map(|t| t.to_string());
        assert_eq!(end(&shanghai, "2026-01-01T12:00:00Z"), None);
        assert_eq!(end(&shanghai, "2026-01-01T14:00:00Z").as_deref(), Some("2026-01-01T23:00:00Z"));
        assert_eq!(end(&shanghai, "2026-01-01T22:59:59Z").as_deref(), Some("2026-01-01T23:00:00Z"));
        assert_eq!(end(&shanghai, "2026-01-01T23:00:00Z"), None);
        let noon: QuietHours = "12:00-14:00".parse().unwrap();
        assert_eq!(end_of_quiet(noon, &Zone::utc(), at("2026-01-01T13:00:00Z")), Some(at("2026-01-01T14:00:00Z")));
    }
}
