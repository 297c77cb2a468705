//! Drafts out of the database: of an edition to come, and of one that went.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Draft, Lacked, making_up_for};
use crate::clock::SLACK;
use crate::config::{Config, DigestConfig};
use crate::digest::Error;
use crate::digest::brief::{Brief, Reminders};
use crate::digest::compose::{Material, Survey};
use crate::domain::article::{Article, ArticleFilter, ArticleStatus};
use crate::domain::edition::{Edition, Telling};
use crate::domain::event::{Event, Revision};
use crate::domain::mark::{Carried, Entry};
use crate::domain::note::EditorsNotes;
use crate::domain::zone::Zone;
use crate::store::Store;

/// For how many days that were missed reminders are made up for.
const DAYS_MADE_UP_FOR: i64 = 400;
/// Editions that somebody has not got are made up for if they are not older than this.
const MADE_UP_FOR: SignedDuration = SignedDuration::from_hours(24 * DAYS_MADE_UP_FOR);

impl<'a> Draft<'a> {
    /// How things stand `as_of` then, and what changed since the last edition; with what is said of the edition of
    /// `moment`. Reminders are made up for that were due after `missed_since`, in moments that had no edition.
    pub async fn load(
        store: &Store,
        config: &'a Config,
        digest: &'a DigestConfig,
        moment: Timestamp,
        as_of: Timestamp,
        missed_since: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let slug = digest.slug.as_str();
        let zone = config.zone_of(digest);
        let notes = store.notes(slug, moment).await?;
        let marks = store.marks(slug, moment).await?;
        let follows = store.last_edition(slug).await?.map_or(0, |last| last.number);
        let head = store.history_head().await?;
        // One that a clock ahead of now made has told little of what lies before it.
        let last = store.last_edition_made_by(slug, store.now() + SLACK).await?;
        let since = match &last {
            Some(edition) => edition.history_head,
            None => {
                let first = zone.at(as_of).checked_sub(digest.recent.span()).map_or(Timestamp::MIN, |z| z.timestamp());
                store.history_head_at(first).await?
            }
        };
        let earliest = as_of.checked_sub(MADE_UP_FOR).unwrap_or(Timestamp::MIN);
        let mut missed = Vec::new();
        for edition in store.missed_editions(slug, earliest).await? {
            let (span, number) = ((edition.history_since, edition.history_head), edition.number);
            let (revisions, carried) = developments(store, slug, number, span).await?;
            missed.push(Lacked { edition, revisions, carried });
        }
        let (revisions, carried) = developments(store, slug, follows + 1, (since, head)).await?;
        let had = match missed_since {
            Some(since) if !digest.remind_before.is_empty() => store.edition_moments(slug, since).await?,
            _ => BTreeSet::new(),
        };
        let brief = Brief {
            reminders: reminders(digest, zone, as_of, missed_since, &had),
            last_made: last.map(|edition| edition.composed_at),
            marks,
            carried,
            ..Brief::of(digest, zone, as_of)
        };
        // What is asked for those who missed most is asked for all.
        let widest = making_up_for(&brief, missed.iter());
        let mut articles = Vec::new();
        if brief.articles || brief.marks.adds_articles() {
            articles = public_articles(store, as_of, zone).await?;
        }
        // Of all that was ever kept, an edition tells little: what is near, what changed, and what its articles are about.
        let all_revisions = missed.iter().flat_map(|lacked| &lacked.revisions).chain(&revisions);
        let mut also: HashSet<i64> = all_revisions.map(|revision| revision.event_id).collect();
        also.extend(brief.marks.event_ids());
        also.extend(widest.carried.iter().filter_map(|entry| entry.event_id()));
        also.extend(articles.iter().flat_map(|article| &article.events));
        let asks = widest.asks();
        let events =
            store.events_that(|event, touches| event.is_public() && (also.contains(&event.id) || asks(event, touches)));
        let events = events.await?;
        let told = match digest.retell || brief.reminders.is_some() {
            true => HashMap::new(),
            false => {
                let events: Vec<i64> = events.iter().map(|event| event.id).collect();
                let articles: Vec<i64> = articles.iter().map(|article| article.id).collect();
                store.told(slug, &events, &articles).await?
            }
        };
        let articles = articles.into_iter().map(Arc::new).collect();
        let material = Material { events, revisions, articles, told };
        let span = (since, head);
        Ok(Self { missed, ..Self::of(store, (config, digest), (brief, material), (notes, follows), span) })
    }

    /// What an edition told that was made before, as things are now, for who gets it late.
    pub async fn again(
        store: &Store,
        config: &'a Config,
        digest: &'a DigestConfig,
        edition: &Edition,
    ) -> Result<Self, Error> {
        let (as_of, zone) = (store.now(), config.zone_of(digest));
        let (notes, marks) = (store.notes_of(edition).await?, store.marks_of(edition).await?);
        let head = store.history_head().await?;
        let retold: HashSet<Entry> = store.told_by(edition).await?.iter().map(Telling::entry).collect();
        let mut ids: Vec<i64> = retold.iter().filter_map(|entry| entry.event_id()).collect();
        ids.sort();
        ids.dedup();
        let events = store.events_by_ids(&ids).await?.into_iter().filter(Event::is_public).map(Arc::new).collect();
        let articles = public_articles(store, as_of, zone).await?.into_iter().map(Arc::new).collect();
        let brief =
            Brief { articles: true, retell: true, marks, retold: Some(retold), ..Brief::of(digest, zone, as_of) };
        let material = Material { events, articles, ..Material::default() };
        let follows = edition.number - 1;
        Ok(Self::of(store, (config, digest), (brief, material), (notes, follows), (head, head)))
    }

    /// What says so much, from this; it follows the edition of a number, and tells of the history between two lines.
    fn of(
        store: &Store,
        (config, digest): (&'a Config, &'a DigestConfig),
        (brief, material): (Brief, Material),
        (notes, follows): (EditorsNotes, i64),
        (history_since, history_head): (i64, i64),
    ) -> Self {
        Self {
            config,
            digest,
            as_of: brief.now,
            is_demo: store.is_demo(),
            survey: Arc::new(Survey::new(&brief, &material)),
            brief,
            material,
            missed: Vec::new(),
            notes,
            follows,
            is_welcome: false,
            others: Mutex::default(),
            zones: Mutex::default(),
            history_since,
            history_head,
        }
    }
}

/// The articles that may be told by then.
async fn public_articles(store: &Store, as_of: Timestamp, zone: &Zone) -> Result<Vec<Article>, Error> {
    let published = ArticleFilter { statuses: vec![ArticleStatus::Published], ..ArticleFilter::default() };
    let mut articles = store.articles(&published, 0, usize::MAX).await?;
    // By their dates: an edition may be made for a moment that has passed.
    articles.retain(|article| article.date <= zone.at(as_of).date());
    // What nobody may see yet would be a hole.
    articles.iter_mut().filter(|article| !article.is_public(as_of)).for_each(|article| article.images.clear());
    Ok(articles)
}

/// What happened between two lines of history, of which edition `number` tells, and what the one before it left out; of
/// that, what happened before, too.
async fn developments(
    store: &Store,
    slug: &str,
    number: i64,
    (since, head): (i64, i64),
) -> Result<(Vec<Revision>, Vec<Entry>), Error> {
    let carried = store.carried_into(slug, number).await?;
    let mut revisions = Vec::new();
    // In stretches, each read once: not all were left out since the same edition.
    let mut begins: Vec<i64> = carried.iter().map(|it| it.since).filter(|begin| *begin < since).collect();
    begins.sort();
    begins.dedup();
    for (at, begin) in begins.iter().enumerate() {
        let end = begins.get(at + 1).copied().unwrap_or(since);
        let is_owed = |it: &&Carried| it.since <= *begin;
        let owed: HashSet<i64> = carried.iter().filter(is_owed).filter_map(|it| it.entry.event_id()).collect();
        let before = store.history_between(*begin, end).await?.into_iter();
        revisions.extend(before.filter(|revision| owed.contains(&revision.event_id)));
    }
    revisions.extend(store.history_between(since, head).await?);
    Ok((revisions, carried.into_iter().map(|it| it.entry).collect()))
}

fn reminders(
    digest: &DigestConfig,
    zone: &Zone,
    as_of: Timestamp,
    missed_since: Option<Timestamp>,
    had: &BTreeSet<Timestamp>,
) -> Option<Reminders> {
    if digest.remind_before.is_empty() {
        return None;
    }
    let today = zone.at(as_of).date();
    let mut days = vec![today];
    let oldest = zone.at(as_of).checked_sub(DAYS_MADE_UP_FOR.days()).map_or(as_of, |at| at.timestamp());
    let mut after = missed_since.unwrap_or(as_of).max(oldest);
    while let Some(moment) = digest.schedule.next_after(after, zone.time_zone()).filter(|moment| *moment <= as_of) {
        let day = zone.at(moment).date();
        if !had.contains(&moment) {
            days.push(day);
        }
        // Whatever else is due on that day asks for the same.
        after = day.tomorrow().map_or(as_of, |next| zone.instant(next.at(0, 0, 0, 0)) - 1.nanosecond());
    }
    days.dedup();
    Some(Reminders { before: digest.remind_before.iter().map(|period| period.span()).collect(), days })
}
