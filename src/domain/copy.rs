//! Copies of the database that this program makes by itself: what they are called, how long each stays, and which have
//! had their time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span, Timestamp};

use super::words;
use super::zone::Zone;

/// What there was before somebody put a backup in its place stays so long.
const BEFORE_RESTORE_STAYS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// UTC, in an order that is that of the names.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// How a copy's name ends. What is being written has another end until it is whole.
const END: &str = ".db";

words! {
    pub enum Why, "reason for a copy" {
        /// Its time had come.
        Scheduled => "scheduled",
        /// The schema was about to be brought up to date.
        BeforeMigration => "before-migration",
        /// A backup was about to be put in the database's place.
        BeforeRestore => "before-restore",
    }
}

/// How many scheduled copies stay, or how long each.
#[derive(Debug, Clone, Copy)]
pub enum Keep {
    Copies(u32),
    For(Span),
}

/// Where scheduled copies go, and when.
#[derive(Debug, Clone)]
pub struct CopyPolicy {
    /// None: none are made.
    pub folder: Option<PathBuf>,
    pub every: Duration,
    pub keep: Keep,
}

impl Default for CopyPolicy {
    /// Two weeks of a copy a day: what went wrong on a Friday is noticed by then.
    fn default() -> Self {
        Self { folder: None, every: Duration::from_secs(86_400), keep: Keep::Copies(14) }
    }
}

/// A copy that this program made by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCopy {
    pub path: PathBuf,
    pub made_at: Timestamp,
    pub why: Why,
    /// From when on it is cleared, by what is configured now. None: when a later one of its kind is whole.
    pub until: Option<Timestamp>,
}

impl OwnCopy {
    /// What a file beside others is by its name, if it is a copy of this database; its content has to say so too.
    pub fn named(path: &Path, database: &Path, policy: &CopyPolicy) -> Option<Self> {
        let rest = path.file_name()?.to_str()?.strip_prefix(stem(database).as_str())?.strip_prefix('-')?;
        let (stamp, why) = rest.strip_suffix(END)?.split_once('-')?;
        let why = Why::ALL.iter().copied().find(|known| known.as_str() == why)?;
        let made_at = Zone::utc().instant(DateTime::strptime(STAMP, stamp).ok()?);
        Some(Self { path: path.to_owned(), made_at, why, until: policy.until(why, made_at) })
    }
}

/// What a copy of `database` is called: `kalends-20261129T013200Z-scheduled.db`.
pub fn name(database: &Path, why: Why, made_at: Timestamp) -> String {
    format!("{}-{}-{why}{END}", stem(database), made_at.strftime(STAMP))
}

fn stem(database: &Path) -> String {
    database.file_stem().map_or_else(|| "kalends".into(), |stem| stem.to_string_lossy().into_owned())
}

impl CopyPolicy {
    /// Until when a copy stays. By number, it goes when so many later ones are there, one at a time.
    fn until(&self, why: Why, made_at: Timestamp) -> Option<Timestamp> {
        match (why, self.keep) {
            (Why::Scheduled, Keep::Copies(copies)) => {
                let stays = SignedDuration::try_from(self.every).ok()?.checked_mul(i32::try_from(copies).ok()?)?;
                made_at.checked_add(stays).ok()
            }
            (Why::Scheduled, Keep::For(span)) => {
                Zone::utc().at(made_at).checked_add(span).ok().map(|end| end.timestamp())
            }
            (Why::BeforeMigration, _) => None,
            (Why::BeforeRestore, _) => made_at.checked_add(BEFORE_RESTORE_STAYS).ok(),
        }
    }

    /// Which of these have had their time. The last scheduled one stays however old it is, and so does the last from
    /// before a migration. What is ahead of now, since a clock is or was wrong, neither goes nor makes others go.
    pub fn to_clear(&self, copies: &[OwnCopy], now: Timestamp) -> Vec<OwnCopy> {
        let had_its_time = |copy: &&OwnCopy| {
            let is_later =
                |other: &&OwnCopy| other.why == copy.why && other.made_at > copy.made_at && other.made_at <= now;
            let later = copies.iter().filter(is_later).count();
            let is_over = copy.until.is_some_and(|until| until <= now);
            match (copy.why, self.keep) {
                (Why::Scheduled, Keep::Copies(most)) => later >= most.max(1) as usize,
                (Why::Scheduled, Keep::For(_)) => later > 0 && is_over,
                (Why::BeforeMigration, _) => later > 0,
                (Why::BeforeRestore, _) => is_over,
            }
        };
        copies.iter().filter(|copy| copy.made_at <= now).filter(had_its_time).cloned().collect()
    }

    /// When the next scheduled copy is to be made; after a rest at once, and one.
    pub fn next(&self, copies: &[OwnCopy], now: Timestamp) -> Timestamp {
        let scheduled = copies.iter().filter(|copy| copy.why == Why::Scheduled && copy.made_at <= now);
        let last = scheduled.map(|copy| copy.made_at).max();
        last.and_then(|last| last.checked_add(self.every).ok()).map_or(now, |next| next.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(keep: Keep) -> CopyPolicy {
        CopyPolicy { folder: None, every: Duration::from_secs(86_400), keep }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_tells_when_and_why_and_no_other_name_is_taken_for_one() {
        let policy = policy(Keep::Copies(2));
        let database = Path::new("data/my-office.sqlite");
        let made_at = at("2026-11-29T01:32:05Z");
        for why in Why::ALL {
            let path = Path::new("b").join(name(database, *why, made_at));
            assert_eq!(path, Path::new(&format!("b/my-office-20261129T013205Z-{why}.db")));
            let copy = OwnCopy::named(&path, database, &policy).unwrap();
            assert_eq!((copy.made_at, copy.why), (made_at, *why));
        }
        for other in [
            "my-office.sqlite",
            "my-office-20261129T013205Z-scheduled.db.kalends.part",
            "my-office-20261129T013205Z-by-hand.db",
            "my-office-20261329T013205Z-scheduled.db",
            "my-office-2-20261129T013205Z-scheduled.db",
            "office-20261129T013205Z-scheduled.db",
            "my-office-20261129T013205Z-scheduled.db.gz",
        ] {
            assert_eq!(OwnCopy::named(Path::new(other), database, &policy), None, "{other}");
        }
    }

    #[test]
    fn what_had_its_time_goes_and_the_last_of_each_kind_stays() {
        use Why::{BeforeMigration as M, BeforeRestore as R, Scheduled as S};
        let now = at("2026-12-31T00:00:00Z");
        let week = Keep::For(Span::new().weeks(1));
        for (keep, copies, expected) in [
            (Keep::Copies(2), vec![(S, 30), (S, 29), (S, 28)], vec![28]),
            (Keep::Copies(2), vec![(S, 3), (S, 2)], vec![]),
            (Keep::Copies(1), vec![(S, 3), (M, 20), (R, 20), (S, 2)], vec![2]),
            (week, vec![(S, 30), (S, 24), (S, 23)], vec![24, 23]),
            // Nothing was made for long: the last one is all there is.
            (week, vec![(S, 3), (S, 2)], vec![2]),
            (week, vec![], vec![]),
            // The last from before a migration stays, whatever else is there.
            (week, vec![(M, 1), (S, 30)], vec![]),
            (Keep::Copies(9), vec![(M, 3), (M, 2), (M, 1)], vec![2, 1]),
            // Thirty days, and not a day more.
            (week, vec![(R, 2), (R, 1)], vec![1]),
            (week, vec![(R, 1)], vec![1]),
            // A clock was wrong: the 31st of March has yet to come.
            (Keep::Copies(1), vec![(S, 90 + 31), (S, 30), (S, 29)], vec![29]),
            (Keep::Copies(1), vec![(M, 90 + 31), (M, 30)], vec![]),
        ] {
            let policy = policy(keep);
            let copies: Vec<_> = copies
                .iter()
                .map(|&(why, day)| {
                    let made_at = at("2026-11-30T00:00:00Z") + SignedDuration::from_hours(24 * day);
                    OwnCopy::named(Path::new(&name(Path::new("k.db"), why, made_at)), Path::new("k.db"), &policy)
                        .unwrap()
                })
                .collect();
            let cleared = policy.to_clear(&copies, now);
            let days: Vec<_> = cleared.iter().map(|copy| copy.made_at.strftime("%-d").to_string()).collect();
            assert_eq!(days, expected.iter().map(i32::to_string).collect::<Vec<_>>(), "{keep:?} {copies:?}");
        }
    }

    #[test]
    fn the_next_copy_is_due_a_while_after_the_last_and_one_makes_up_for_all_that_were_missed() {
        let now = at("2026-12-31T00:00:00Z");
        for (copies, expected) in [
            (vec![], now),
            (vec![(Why::Scheduled, "2026-12-30T18:00:00Z")], at("2026-12-31T18:00:00Z")),
            (vec![(Why::Scheduled, "2026-11-01T00:00:00Z")], now),
            (vec![(Why::BeforeMigration, "2026-12-30T18:00:00Z")], now),
            (vec![(Why::Scheduled, "2036-12-30T18:00:00Z")], now),
        ] {
            let copies: Vec<_> = copies
                .into_iter()
                .map(|(why, made_at)| OwnCopy { path: PathBuf::new(), made_at: at(made_at), why, until: None })
                .collect();
            assert_eq!(policy(Keep::Copies(14)).next(&copies, now), expected, "{copies:?}");
        }
    }

    #[test]
    fn a_copy_says_until_when_it_stays() {
        for (keep, why, expected) in [
            (Keep::Copies(14), Why::Scheduled, Some("2026-12-13T00:00:00Z")),
            (Keep::For(Span::new().months(1)), Why::Scheduled, Some("2026-12-29T00:00:00Z")),
            (Keep::Copies(14), Why::BeforeRestore, Some("2026-12-29T00:00:00Z")),
            (Keep::Copies(14), Why::BeforeMigration, None),
        ] {
            let until = policy(keep).until(why, at("2026-11-29T00:00:00Z"));
            assert_eq!(until, expected.map(at), "{keep:?} {why}");
        }
    }
}
