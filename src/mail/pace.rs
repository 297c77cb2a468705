//! How fast mail may go: over a relay, to one recipient's domain, and not at all at night. Pure; what `now` is, the
//! caller says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::config::{MailConfig, QuietHours, Rate};
use crate::domain::zone::Zone;
use crate::store::{Outgoing, URGENT};

/// What a busy moment kept back may be made up for this long: the configured rate is the one that is reached.
const CATCH_UP: Duration = Duration::from_millis(100);
/// In nanoseconds.
const SECOND: i128 = 1_000_000_000;
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
    /// What was kept back, and until when.
    kept_back: BTreeSet<(Timestamp, i64)>,
}

impl Gate {
    /// `zone` is the clock of readers whose own is not known.
    pub fn new(config: &MailConfig, zone: &Zone) -> Self {
        let domains = DomainPaces::new(config);
        Self { domains, quiet: config.quiet_hours, zone: zone.clone(), kept_back: BTreeSet::new() }
    }

    /// After one of before: what has gone counts. If it judges otherwise than that one, these are the deliveries that were
    /// kept back, to be judged anew.
    pub fn follow(&mut self, former: Self, now: Timestamp) -> Option<Vec<i64>> {
        if (self.quiet, &self.zone) == (former.quiet, &former.zone) && self.domains.is_like(&former.domains) {
            (self.domains, self.kept_back) = (former.domains, former.kept_back);
            return None;
        }
        self.domains.follow(former.domains, now);
        Some(former.kept_back.into_iter().filter(|(until, _)| *until > now).map(|(_, id)| id).collect())
    }

    /// When the delivery may go, or none if that is now. What somebody waits for knows no night.
    pub fn judge(&mut self, delivery: &Outgoing, now: Timestamp) -> Option<Timestamp> {
        let until = self.until(delivery, now)?;
        while self.kept_back.first().is_some_and(|(until, _)| *until <= now) {
            self.kept_back.pop_first();
        }
        self.kept_back.insert((until, delivery.id));
        Some(until)
    }

    fn until(&mut self, delivery: &Outgoing, now: Timestamp) -> Option<Timestamp> {
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
pub fn end_of_quiet(quiet: QuietHours, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
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
    /// From when on one more could go if no slot had been given out: what went counts alone.
    free: i128,
}

impl DomainPace {
    fn go(&mut self, interval: i128, now: Timestamp) {
        self.free = self.free.max(now.as_nanosecond()) + interval;
    }
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

    fn is_like(&self, other: &Self) -> bool {
        self.default == other.default && self.rates == other.rates
    }

    /// Slots that were given out are nobody's any more; whatever the rate was, what has gone counts.
    fn follow(&mut self, former: Self, now: Timestamp) {
        for (domain, pace) in former.paces {
            if let Some(interval) = self.interval(&domain) {
                // All slots of a second may go at its beginning.
                let free = pace.free.min(now.as_nanosecond() + interval.max(SECOND));
                self.paces.insert(domain, DomainPace { next: free, slots: BTreeMap::new(), free });
            }
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
            pace.go(interval, now);
            return None;
        }
        // Slots are told in whole seconds, as the outbox keeps them.
        let end_of_second = i128::from(second + 1) * SECOND;
        let slot = pace.next.max(now.as_nanosecond());
        pace.next = slot + interval;
        if slot < end_of_second {
            pace.go(interval, now);
            return None;
        }
        let slot = i64::try_from(slot / SECOND).unwrap_or(second + 1);
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

    /// How many of a hundred deliveries to one domain go in ten seconds, if gates of these rates follow one another five
    /// times a second.
    fn sent_by(rates: [&str; 2], quiet: [Option<&str>; 2]) -> usize {
        let gate = |at: usize| {
            let quiet_hours = quiet[at].map(|hours| hours.parse().unwrap());
            let config = MailConfig { domain_rate: rates[at].parse().unwrap(), quiet_hours, ..MailConfig::default() };
            Gate::new(&config, &Zone::utc())
        };
        let start = at("2026-01-01T12:00:00Z");
        let mut queue: Vec<_> = (0..100).map(|id| delivery(id, start)).collect();
        let (mut known, mut sent) = (gate(0), 0);
        for second in 0..10 {
            let now = start + SignedDuration::from_secs(second);
            for step in 0..5 {
                let mut next = gate(step % 2);
                for id in next.follow(known, now).into_iter().flatten() {
                    queue.iter_mut().filter(|kept| kept.id == id).for_each(|kept| kept.due_at = now);
                }
                known = next;
                queue.retain_mut(|due| match (due.due_at <= now).then(|| known.judge(due, now)) {
                    Some(None) => {
                        sent += 1;
                        false
                    }
                    Some(Some(until)) => {
                        due.due_at = until;
                        true
                    }
                    None => true,
                });
            }
        }
        sent
    }

    fn delivery(id: i64, due_at: Timestamp) -> Outgoing {
        Outgoing {
            id,
            nonce: None,
            lane: 1,
            mail_id: 1,
            edition: None,
            edition_name: None,
            subscriber_id: id,
            list: None,
            address: "ada@example.com".parse().unwrap(),
            is_answer: false,
            timezone: None,
            message_id: String::new(),
            attempts: 1,
            tried_since: due_at,
            doubts: 0,
            due_at,
        }
    }

    #[test]
    fn gates_that_follow_one_another_let_no_more_go_than_their_rates() {
        let sent = |rates| sent_by(rates, [None, None]);
        assert!((18..=22).contains(&sent(["2/s", "2/s"])), "{}", sent(["2/s", "2/s"]));
        assert!((18..=42).contains(&sent(["2/s", "4/s"])), "{}", sent(["2/s", "4/s"]));
    }

    #[test]
    fn what_a_former_gate_kept_back_goes_when_the_next_one_lets_it() {
        // Kept back until morning, or one an hour; then not at all.
        assert_eq!(sent_by(["0", "0"], [Some("08:00-20:00"), None]), 100);
        assert_eq!(sent_by(["1/h", "0"], [None, None]), 100);
        assert_eq!(sent_by(["0", "0"], [Some("08:00-20:00"), Some("08:00-20:00")]), 0);
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
