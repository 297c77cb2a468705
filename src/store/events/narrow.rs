//! Reading no more events than somebody asks for.

use std::collections::{BTreeSet, HashSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use sqlx::SqliteConnection;

use super::{Error, Result, Store, from_json, row, words_to_json};
use crate::domain::event::{Event, Kind};
use crate::domain::filter::EventFilter;
use crate::domain::text;
use crate::domain::when::{Point, Window};
use crate::domain::zone::Zone;

/// Sort before and after every day.
const FIRST: &str = "";
const LAST: &str = "~";

impl Store {
    /// What is there of events that `filter` may match, by their ids: at least those that come first by date, up to the
    /// limit, and those that repeat and may have a date before the last of these. What only words and zones can tell is left to
    /// whoever asks.
    pub async fn events_for(&self, filter: &EventFilter, limit: usize) -> Result<Vec<Event>> {
        if let Some(snapshot) = self.snapshot().await? {
            let matcher = filter.matcher();
            let look = tokio::task::spawn_blocking(move || snapshot.first(&matcher, limit));
            return look.await.map_err(|error| Error::Damaged(error.to_string()));
        }
        self.narrowed(filter, None, limit).await
    }

    /// Those that match, each once, by their beginnings: at least the first of those behind a place in that list, up to the
    /// limit.
    pub async fn events_after(
        &self,
        filter: &EventFilter,
        behind: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<Event>> {
        let matcher = filter.matcher();
        if let Some(snapshot) = self.snapshot().await? {
            let look = tokio::task::spawn_blocking(move || snapshot.after(&matcher, behind, limit));
            return look.await.map_err(|error| Error::Damaged(error.to_string()));
        }
        let mut events = self.narrowed(filter, behind.map(|(at, _)| at), limit).await?;
        events.retain(|event| matcher.matches(event));
        Ok(events)
    }

    /// As [`Self::events_for`], of those that begin then or later.
    async fn narrowed(&self, filter: &EventFilter, behind: Option<Timestamp>, limit: usize) -> Result<Vec<Event>> {
        let (kinds, statuses) = (words_to_json(&filter.kinds), words_to_json(&filter.statuses));
        // No zone is two days away from UTC. What begins between the latter two is in the window for certain.
        let (from, until) = (days_off(filter.window.from, -2), days_off(filter.window.to, 2));
        let (surely_from, surely_until) = (days_off(filter.window.from, 2), days_off(filter.window.to, -2));
        let (begins_from, surely_begins) =
            (days_off(behind.unwrap_or(Window::ALL.from), -2), days_off(behind.unwrap_or(Window::ALL.from), 2));
        let is_all_known_here =
            EventFilter { kinds: Vec::new(), statuses: Vec::new(), window: Window::ALL, ..filter.clone() }
                == EventFilter::default();
        let others = match limit {
            _ if !is_all_known_here => i64::MAX,
            limit => i64::try_from(limit.saturating_sub(1)).unwrap_or(i64::MAX),
        };
        let mut transaction = self.read.begin().await?;
        let ids = sqlx::query_scalar!(
            r#"WITH asked AS NOT MATERIALIZED (
                   SELECT id, first_day FROM event
                   WHERE removed = 0 AND repeat = '' AND rdates = '[]'
                     AND ($1 = '[]' OR kind IN (SELECT value FROM json_each($1)))
                     AND ($2 = '[]' OR status IN (SELECT value FROM json_each($2)))
                     AND last_day >= $3
               )
               SELECT id AS "id!: i64" FROM asked
               WHERE first_day BETWEEN $9 AND min($4, coalesce(date(
                         (SELECT first_day FROM asked WHERE first_day BETWEEN max($5, $10) AND $6
                          ORDER BY first_day LIMIT 1 OFFSET $7), '+3 days'), $8))
               UNION ALL SELECT id FROM event WHERE removed = 0 AND (repeat <> '' OR rdates <> '[]')"#,
            kinds,
            statuses,
            from,
            until,
            surely_from,
            surely_until,
            others,
            LAST,
            begins_from,
            surely_begins
        );
        let ids = ids.fetch_all(&mut *transaction).await?;
        row::fetch_by_ids(&mut transaction, &ids).await
    }

    /// Those with one of these UIDs, removed ones too, those of one of these kinds that begin just then, and those of one of
    /// these kinds that begin on that day and do not repeat.
    pub async fn events_like(
        &self,
        uids: &[&str],
        starts: &BTreeSet<(Point, Kind)>,
        days: &BTreeSet<(Date, Kind)>,
    ) -> Result<Vec<Event>> {
        let mut transaction = self.read.begin().await?;
        let ids = ids_like(&mut transaction, uids, starts, days).await?;
        row::fetch_by_ids(&mut transaction, &ids).await
    }

    /// The topics of all events that are there, those first that were first used; some more than once.
    pub async fn topics_of_events(&self) -> Result<Vec<String>> {
        if let Some(snapshot) = self.snapshot().await? {
            let mut seen = HashSet::new();
            let there = snapshot.events.iter().filter(|event| !event.removed);
            let topics = there.flat_map(|event| &event.details.topics).filter(|topic| seen.insert(topic.as_str()));
            return Ok(topics.cloned().collect());
        }
        let lists = sqlx::query_scalar!(
            r#"SELECT topics AS "topics!" FROM event WHERE removed = 0 GROUP BY topics ORDER BY min(id)"#
        );
        let mut topics = Vec::new();
        for list in lists.fetch_all(&self.read).await? {
            topics.extend(from_json(&list)?.into_iter().map(text::kept_line));
        }
        Ok(topics)
    }
}

pub async fn ids_like(
    connection: &mut SqliteConnection,
    uids: &[&str],
    starts: &BTreeSet<(Point, Kind)>,
    days: &BTreeSet<(Date, Kind)>,
) -> Result<Vec<i64>> {
    let (uids, starts, days) = (words_to_json(uids), words_to_json(starts), words_to_json(days));
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM event WHERE uid IN (SELECT value FROM json_each($1))
           UNION ALL
           SELECT event.id FROM json_each($2) AS at
               CROSS JOIN event ON start = at.value ->> 0 AND kind = at.value ->> 1
           UNION ALL
           SELECT event.id FROM json_each($3) AS day
               CROSS JOIN event ON first_day = day.value ->> 0 AND kind = day.value ->> 1
               WHERE removed = 0 AND repeat = '' AND rdates = '[]'"#,
        uids,
        starts,
        days
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The day of an instant and so many more, as columns hold days.
fn days_off(instant: Timestamp, days: i64) -> String {
    match instant {
        _ if instant == Window::ALL.from => FIRST.into(),
        _ if instant == Window::ALL.to => LAST.into(),
        _ => Zone::utc().at(instant).date().saturating_add(days.days()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::event::{EventPatch, Status};

    /// Asks for everything in ways that may be narrowed, and compares with what all events say.
    #[tokio::test]
    async fn nothing_that_is_asked_for_is_left_unread() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        let starts = [
            "2020",
            "2020-Q1",
            "2020-Q4",
            "2020-12",
            "2020-01",
            "2020-12-31",
            "2021-01-01",
            "2021-01-01T00:00",
            "2020-12-31T23:59",
            "2021-01-02T12:00",
            "2021-02-03",
            "2021-Q2",
            "2021",
            "2022-06-01",
        ];
        let zones = ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Shanghai"];
        for (number, start) in starts.iter().cycle().take(42).enumerate() {
            let ends = if number % 5 == 0 { Some("2022-06-30") } else { None };
            let zone: Zone = zones[number % 3].parse().unwrap();
            let fields = EventPatch {
                kind: Some(Kind::ALL[number % Kind::ALL.len()]),
                title: Some(format!("Event {number}")),
                start: Some(start.parse().unwrap()),
                end: ends.filter(|_| start.len() == 10).map(|end| end.parse().ok()),
                status: (number % 4 == 0).then_some(Status::Tentative),
                repeat: (number % 7 == 0 && start.len() == 10).then(|| "FREQ=MONTHLY;COUNT=3".into()),
                ..EventPatch::default()
            };
            let details = fields.onto(None, &zone).unwrap();
            store.add_event(&Actor::Operator, details, "example.org").await.unwrap();
        }
        store.revise_event(&Actor::Operator, 3, |event, now| Ok(event.remove(now))).await.unwrap();
        let mut all = store.events().await.unwrap();
        let order = |event: &Event| (event.details.when.first_instant(), event.id);
        let days = [None, Some("2020-06-01"), Some("2020-12-31"), Some("2021-01-01"), Some("2021-01-02"), Some("2021")];
        let mut narrowed = 0;
        for is_kept in [false, true] {
            if is_kept {
                store.keep_events().await.unwrap();
                // What is kept is as new as the database.
                store.revise_event(&Actor::Operator, 5, |event, now| Ok(event.remove(now))).await.unwrap();
                all = store.events().await.unwrap();
            }
            for (from, to) in days.iter().flat_map(|from| days.iter().map(move |to| (*from, *to))) {
                for (kinds, statuses) in [(vec![], vec![]), (vec![Kind::Meeting, Kind::Other], vec![Status::Tentative])]
                {
                    let filter = EventFilter { kinds, statuses, ..EventFilter::default() };
                    let Ok(filter) = filter.between(from, to, &Zone::utc()) else { continue };
                    let mut wanted: Vec<_> =
                        all.iter().filter(|event| !event.removed && filter.matches(event)).collect();
                    wanted.sort_by_key(|event| order(event));
                    for limit in [0, 1, 2, 7, usize::MAX] {
                        // From the beginning, and behind one of them as pages are.
                        let behind = wanted.get(limit.min(wanted.len() / 2)).map(|event| order(event));
                        for behind in [None, behind] {
                            let read = match behind {
                                None => store.events_for(&filter, limit).await.unwrap(),
                                Some(_) => store.events_after(&filter, behind, limit.saturating_add(1)).await.unwrap(),
                            };
                            narrowed += usize::from(read.len() < all.len() / 2);
                            let page = wanted.iter().filter(|event| behind.is_none_or(|behind| order(event) > behind));
                            for event in page.take(limit) {
                                let said = format!("{from:?} {to:?} {behind:?} {limit}: {:?}", event.details.when);
                                assert!(read.contains(event), "{said}");
                            }
                        }
                    }
                }
            }
        }
        assert!(narrowed > 100, "{narrowed}");
    }

    #[tokio::test]
    async fn topics_come_in_the_order_of_their_first_use() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        for topics in [vec!["b", "c"], vec!["a"], vec!["b", "c"], vec!["B"]] {
            let fields = EventPatch {
                kind: Some(Kind::Other),
                title: Some("A".into()),
                start: Some(Point::Year(2020)),
                topics: Some(topics.into_iter().map(str::to_owned).collect()),
                ..EventPatch::default()
            };
            let details = fields.onto(None, &Zone::utc()).unwrap();
            store.add_event(&Actor::Operator, details, "example.org").await.unwrap();
        }
        assert_eq!(store.topics_of_events().await.unwrap(), ["b", "c", "a", "B"]);
        store.keep_events().await.unwrap();
        assert_eq!(store.topics_of_events().await.unwrap(), ["b", "c", "a", "B"]);
    }
}
