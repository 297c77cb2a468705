//! What is in an edition: chosen from the events, their history and the articles. Pure; what `now` is, the caller says.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::brief::Brief;
use super::reach::Place;
use crate::domain::article::Article;
use crate::domain::changes::{self, Change, Developments};
use crate::domain::edition::{Run, Telling, first_told};
use crate::domain::event::{Event, Kind, Revision};
use crate::domain::filter::{EventFilter, any_label, any_standard_as_topic};
use crate::domain::mark::{EditionMarks, Entry, Mark};
use crate::domain::section::{Order, Section};
use crate::domain::when::{Point, When};
use crate::domain::wording::{Clock, instants};

/// An event in an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub event: Arc<Event>,
    /// Added since the last edition; marked where all within reach is told each time.
    pub is_new: bool,
    /// It is far ahead, and no news but to those who have just come: its title and month are enough.
    pub is_in_short: bool,
}

/// Events that begin in the same week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its Monday; none for what has begun already and goes on.
    pub monday: Option<Date>,
    pub items: Vec<Item>,
}

/// What editors put first, whatever section it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead {
    Change(Arc<Event>, Change),
    Event(Item, Section),
    Article(Arc<Article>),
}

/// What a section of an edition holds. The newest article comes first, and bad news before what moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    First(Vec<Lead>),
    Changes(Vec<(Arc<Event>, Change)>),
    Events(Vec<Item>),
    Weeks(Vec<Week>),
    Articles(Vec<Arc<Article>>),
}

/// The content of one edition for readers who see the same: the sections that hold something, in the order told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    pub sections: BTreeMap<Section, Part>,
}

impl Content {
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The same for who has just come: of what is far, title and month.
    pub fn for_newcomers(mut self) -> Self {
        if let Some(Part::Events(items)) = self.sections.get_mut(&Section::Ahead) {
            items.iter_mut().for_each(|item| item.is_in_short = true);
        }
        self
    }

    /// Whether it tells times, which clocks show otherwise elsewhere.
    pub fn tells_times(&self) -> bool {
        let before = self.changes().filter_map(Change::date_before);
        let now = self.events().filter(|event| has_clock(event)).map(|event| &event.details.when);
        now.chain(before).any(|when| instants(when).next().is_some())
    }

    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.sections.values().flat_map(|part| -> Vec<&Change> {
            match part {
                Part::First(leads) => leads.iter().filter_map(Lead::change).collect(),
                Part::Changes(changes) => changes.iter().map(|(_, change)| change).collect(),
                Part::Events(_) | Part::Weeks(_) | Part::Articles(_) => Vec::new(),
            }
        })
    }

    /// The events it tells of.
    pub fn events(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.sections.values().flat_map(|part| -> Vec<&Arc<Event>> {
            match part {
                Part::First(leads) => leads.iter().filter_map(Lead::event).collect(),
                Part::Changes(changes) => changes.iter().map(|(event, _)| event).collect(),
                Part::Events(items) => items.iter().map(|item| &item.event).collect(),
                Part::Weeks(weeks) => weeks.iter().flat_map(|week| &week.items).map(|item| &item.event).collect(),
                Part::Articles(_) => Vec::new(),
            }
        })
    }

    pub fn articles(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.sections.values().flat_map(|part| -> Vec<&Arc<Article>> {
            match part {
                Part::First(leads) => leads.iter().filter_map(Lead::article).collect(),
                Part::Articles(articles) => articles.iter().collect(),
                Part::Changes(_) | Part::Events(_) | Part::Weeks(_) => Vec::new(),
            }
        })
    }
}

impl Lead {
    fn event(&self) -> Option<&Arc<Event>> {
        match self {
            Self::Change(event, _) => Some(event),
            Self::Event(item, _) => Some(&item.event),
            Self::Article(_) => None,
        }
    }

    fn change(&self) -> Option<&Change> {
        match self {
            Self::Change(_, change) => Some(change),
            Self::Event(..) | Self::Article(_) => None,
        }
    }

    fn article(&self) -> Option<&Arc<Article>> {
        match self {
            Self::Article(article) => Some(article),
            Self::Change(..) | Self::Event(..) => None,
        }
    }
}

/// All that an edition may tell, found once; each group of readers takes its part of it.
#[derive(Debug)]
pub struct Survey {
    /// In the order of their beginnings.
    placed: Vec<Placed>,
    /// Bad news first, then what moved.
    changes: Vec<(Arc<Event>, Change)>,
    /// Events whose change stands for all that is to be told of them.
    changed: HashSet<i64>,
    /// The newest first.
    articles: Vec<Text>,
    /// Events to be marked as new.
    new: HashSet<i64>,
    marks: EditionMarks,
    /// The instants at which clocks decide how its dates are told.
    instants: Vec<Timestamp>,
    /// No edition was made before: all that lies ahead is told at once, as to those who come later.
    is_first: bool,
}

/// An event, or one date of a repeating one, and where it belongs.
#[derive(Debug)]
struct Placed {
    /// The event as a whole: whether a reader wants it is asked of this.
    whole: Arc<Event>,
    event: Arc<Event>,
    place: Place,
    told: ToldIn,
    /// Its editors tell it to all.
    is_added: bool,
}

/// Which editions told it, with its present date.
#[derive(Debug)]
struct ToldIn {
    runs: Vec<Run>,
    /// Too long ago for those who were not told then.
    is_late: bool,
}

/// What readers have read of a digest.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// The number of the first edition that they can have got.
    pub first_edition: i64,
    /// Those since then that they have not got.
    pub missed: &'a [i64],
}

impl Read<'_> {
    /// Whether others were told before they came.
    fn is_newcomer(&self, told: &ToldIn) -> bool {
        !told.runs.is_empty() && first_told(&told.runs, self.first_edition).is_none()
    }

    fn is_news(&self, told: &ToldIn) -> bool {
        match first_told(&told.runs, self.first_edition) {
            None => !told.is_late,
            Some(number) => self.missed.contains(&number),
        }
    }
}

/// An article, and what it is about.
#[derive(Debug)]
struct Text {
    article: Arc<Article>,
    /// Its own topics, or else those of its events; none where it is for everybody.
    topics: Vec<String>,
    /// Of its events.
    standards: Vec<String>,
    kinds: Vec<Kind>,
    told: ToldIn,
    /// Its editors tell it to all.
    is_added: bool,
}

impl Text {
    /// An article about no event of a kind is not for those who want that kind alone.
    fn is_for(&self, kinds: &[Kind], topics: &[String]) -> bool {
        (kinds.is_empty() || self.kinds.iter().any(|kind| kinds.contains(kind)))
            && (self.topics.is_empty()
                || any_label(topics, &self.topics)
                || any_standard_as_topic(topics, &self.standards))
    }
}

/// What there is to choose from.
#[derive(Debug, Default, Clone)]
pub struct Material {
    pub events: Vec<Arc<Event>>,
    /// The history since the last edition, and that of the editions that are made up for.
    pub revisions: Vec<Revision>,
    /// Those that may be shown by now, the newest first.
    pub articles: Vec<Arc<Article>>,
    /// What earlier editions told, and which did.
    pub told: HashMap<Telling, Vec<Run>>,
}

impl Survey {
    /// Chooses from the material what `brief` asks for.
    pub fn new(brief: &Brief, material: &Material) -> Self {
        let (reach, usual) = (brief.reach(), brief.usual_reach());
        let of_digest =
            EventFilter { kinds: brief.kinds.clone(), topics: brief.topics.clone(), ..EventFilter::default() };
        let is_told = |event: &Event| event.is_public() && (of_digest.matches(event) || brief.retold.is_some());
        let is_added = |event: &Event| event.is_public() && brief.marks.has(Mark::Added, event);
        let in_order = |event: &Event| (event.details.when.first_instant(), event.id);
        let told = |telling: &Telling, is_late| {
            let runs = match brief.retell || brief.reminders.is_some() {
                true => Vec::new(),
                false if brief.known.contains(&telling.entry()) => vec![Run::ALL],
                false => material.told.get(telling).cloned().unwrap_or_default(),
            };
            ToldIn { runs, is_late }
        };
        let today = brief.zone.at(brief.now).date();

        let Developments { added, changed: mut changes } = match brief.reminders {
            None => changes::changes(&material.events, &material.revisions),
            Some(_) => Developments::default(),
        };

        let window = brief.window();
        let mut placed = Vec::new();
        for whole in material.events.iter().filter(|event| event.is_public()) {
            let known = placed.len();
            if is_told(whole) {
                let dates = match whole.details.repeat {
                    None => vec![whole.clone()],
                    Some(_) => whole.occurrences(window).into_iter().map(Arc::new).collect(),
                };
                for event in dates.into_iter().filter(|event| !event.is_cancelled()) {
                    let place = match &brief.reminders {
                        None => reach.place(&event.details),
                        Some(reminders) => reminders.are_due(&event.details.when, today).then_some(Place::Dated),
                    };
                    // It goes on, and would be told no more.
                    let is_owed = || {
                        let is_partial = event.details.when.is_partial();
                        brief.is_carried(&event) && (brief.reminders.is_some() || is_partial)
                            || brief.is_retold(Entry::of(&event))
                    };
                    let place = place.or_else(|| is_owed().then(|| reach.place_anyway(&event.details)));
                    if let Some(place) = place {
                        let is_late = brief.reminders.is_none() && usual.place(&event.details).is_none() && !is_owed();
                        let told = told(&Telling::of(&event), is_late);
                        placed.push(Placed { is_added: is_added(&event), whole: whole.clone(), event, place, told });
                    }
                }
                // It is announced now, and told when it comes near.
                if placed.len() == known && added.contains(&whole.id) && !whole.is_cancelled() && reach.is_beyond(whole)
                {
                    let (told, is_added) = (ToldIn { runs: Vec::new(), is_late: false }, is_added(whole));
                    let place = Place::Ahead;
                    placed.push(Placed { whole: whole.clone(), event: whole.clone(), place, told, is_added });
                }
            }
            for event in added_dates(brief, whole) {
                if event.is_cancelled() {
                    let is_known = |(known, _): &(Arc<Event>, Change)| {
                        known.id == event.id && known.occurrence == event.occurrence
                    };
                    if !changes.iter().any(is_known) {
                        changes.push((event, Change::Cancelled));
                    }
                } else if !placed[known..].iter().any(|placed| placed.event.occurrence == event.occurrence) {
                    let (place, told) =
                        (reach.place_anyway(&event.details), ToldIn { runs: Vec::new(), is_late: false });
                    placed.push(Placed { whole: whole.clone(), event, place, told, is_added: true });
                }
            }
        }
        placed.retain(|placed| !brief.leaves_out(&placed.event));
        placed.sort_by_cached_key(|placed| in_order(&placed.event));

        let new = if brief.retell && brief.last_made.is_some() { added } else { HashSet::new() };
        changes.retain(|(event, change)| {
            let is_remembered = matches!(change, Change::Moved { before } if usual.is_remembered(before));
            let is_news = is_told(event) && (is_remembered || usual.is_current(event));
            (is_news || is_added(event)) && !brief.leaves_out(event)
        });
        changes.sort_by_cached_key(|(event, change)| (rank(change), in_order(event)));
        let is_whole = |event: &Event| event.occurrence.is_none() && event.details.repeat.is_none();
        let changed = changes.iter().filter(|(event, _)| is_whole(event)).map(|(event, _)| event.id).collect();
        let is_first = brief.last_made.is_none() && !brief.retell && brief.reminders.is_none();
        let (instants, marks) = (told_instants(&placed, &changes), brief.marks.clone());
        Self { placed, changes, changed, articles: articles(brief, material, told), new, marks, instants, is_first }
    }

    /// The lowest number of an edition that makes a difference to what its readers are told now: who has read since
    /// an earlier one, and got all, knows as much as who has read since this.
    pub fn oldest_telling(&self) -> Option<i64> {
        self.told().filter_map(|runs| runs.iter().map(|run| run.until).max()).min()
    }

    /// The instants at which clocks decide how its dates are told; none where nothing has a time.
    pub fn instants(&self) -> &[Timestamp] {
        &self.instants
    }

    fn told(&self) -> impl Iterator<Item = &Vec<Run>> {
        let told = self.placed.iter().map(|placed| &placed.told).chain(self.articles.iter().map(|text| &text.told));
        told.map(|told| &told.runs)
    }

    /// What those are told who want what `reader` matches, who get it `today`, read it by this clock, and have read so much.
    pub fn content(&self, reader: &EventFilter, today: Date, clock: &Clock, read: Read<'_>) -> Content {
        let wanted = self.placed.iter().filter(|placed| {
            let is_news = || read.is_news(&placed.told) && reader.matches(&placed.whole);
            !self.changed.contains(&placed.event.id) && (placed.is_added || is_news())
        });
        let mut leads: Vec<(usize, Lead)> = Vec::new();
        let mut items: BTreeMap<Section, Vec<Item>> = BTreeMap::new();
        for Placed { event, place, told, is_added, .. } in wanted {
            let traits = event.details.kind.traits();
            let section = match place {
                Place::Past => traits.past.or(is_added.then_some(traits.coming)),
                Place::Dated => Some(traits.coming),
                Place::Ahead => Some(Section::Ahead),
            };
            if let Some(section) = section {
                let is_in_short = *place == Place::Ahead && !is_added && (self.is_first || read.is_newcomer(told));
                let item = Item { is_new: self.new.contains(&event.id), is_in_short, event: event.clone() };
                match self.marks.place(event) {
                    Some(place) => leads.push((place, Lead::Event(item, section))),
                    None => items.entry(section).or_default().push(item),
                }
            }
        }
        let in_order = |(section, items): (Section, _)| (section, self.in_order(section.order(), items, today, clock));
        let mut sections: BTreeMap<_, _> = items.into_iter().map(in_order).collect();
        let is_told = |event: &Event| self.marks.has(Mark::Added, event) || reader.matches(event);
        let mut changes = Vec::new();
        for (event, change) in self.changes.iter().filter(|(event, _)| is_told(event)).cloned() {
            match self.marks.place(&event) {
                Some(place) => leads.push((place, Lead::Change(event, change))),
                None => changes.push((event, change)),
            }
        }
        if !changes.is_empty() {
            sections.insert(Section::Changes, Part::Changes(changes));
        }
        let is_told =
            |text: &&Text| text.is_added || read.is_news(&text.told) && text.is_for(&reader.kinds, &reader.topics);
        let mut articles = Vec::new();
        for Text { article, .. } in self.articles.iter().filter(is_told) {
            match self.marks.place_of_article(article.id) {
                Some(place) => leads.push((place, Lead::Article(article.clone()))),
                None => articles.push(article.clone()),
            }
        }
        if !articles.is_empty() {
            sections.insert(Section::Articles, Part::Articles(articles));
        }
        if !leads.is_empty() {
            leads.sort_by_key(|(place, _)| *place);
            sections.insert(Section::First, Part::First(leads.into_iter().map(|(_, lead)| lead).collect()));
        }
        Content { sections }
    }

    /// Events that come by their beginnings, as a section tells them.
    fn in_order(&self, order: Order, mut items: Vec<Item>, today: Date, clock: &Clock) -> Part {
        match order {
            Order::ByBeginning => Part::Events(items),
            Order::LatestFirst => {
                items.sort_by_cached_key(|item| (Reverse(item.event.details.when.end_instant()), item.event.id));
                Part::Events(items)
            }
            Order::ByWeek => {
                let mut weeks: BTreeMap<Option<Date>, Vec<Item>> = BTreeMap::new();
                for item in items {
                    let when = &item.event.details.when;
                    let today = if matches!(when.start(), Point::Minute(_)) { clock.today } else { today };
                    let monday = when.listed_on(&clock.zone, today).map(monday_of);
                    weeks.entry(monday).or_default().push(item);
                }
                Part::Weeks(weeks.into_iter().map(|(monday, items)| Week { monday, items }).collect())
            }
        }
    }

    /// What an edition with this content tells, as later editions have to know it. A change of what lies beyond its
    /// reach is told again when that comes near.
    pub fn tellings(&self, content: &Content, brief: &Brief) -> Vec<Telling> {
        let reach = brief.reach();
        let is_near = |event: &&Arc<Event>| {
            reach.begins_within(event) || event.details.when.is_partial() || self.marks.has(Mark::Added, event)
        };
        let events = content.events().filter(is_near).map(|event| Telling::of(event));
        let mut tellings: Vec<_> =
            events.chain(content.articles().map(|article| Telling::Article { id: article.id })).collect();
        tellings.sort();
        tellings.dedup();
        tellings
    }
}

/// The dates of a series are told as it has them.
pub fn has_clock(event: &Event) -> bool {
    event.details.repeat.is_none()
}

fn told_instants(placed: &[Placed], changes: &[(Arc<Event>, Change)]) -> Vec<Timestamp> {
    fn of(event: &Event) -> impl Iterator<Item = &When> {
        has_clock(event).then_some(&event.details.when).into_iter()
    }
    let before = changes.iter().filter_map(|(_, change)| change.date_before());
    let now = placed.iter().map(|placed| &*placed.event).chain(changes.iter().map(|(event, _)| &**event)).flat_map(of);
    let mut found: Vec<_> = now.chain(before).flat_map(instants).collect();
    found.sort();
    found.dedup();
    found
}

/// Bad news first.
fn rank(change: &Change) -> u8 {
    match change {
        Change::Cancelled => 0,
        Change::Moved { .. } | Change::Rescheduled => 1,
        Change::Relocated { .. } | Change::Relinked => 2,
        Change::Reinstated => 3,
        Change::Exact { .. } | Change::Confirmed => 4,
        Change::Placed | Change::Linked | Change::Updated { .. } => 5,
    }
}

fn monday_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

/// The dates of an event that its editors add: of a repeating one that is added as a whole, the next.
fn added_dates(brief: &Brief, whole: &Arc<Event>) -> Vec<Arc<Event>> {
    let date = |occurrence: Option<Point>| match (occurrence, &whole.details.repeat) {
        (None, None) => Some(whole.clone()),
        (None, Some(_)) => Some(whole.next_occurrence(brief.now).map_or_else(|| whole.clone(), Arc::new)),
        (Some(start), Some(_)) => {
            let start = whole.find_occurrence(start).ok()?;
            Some(Arc::new(whole.occurrence(start)))
        }
        // It repeats no more.
        (Some(_), None) => None,
    };
    brief.marks.added_dates(whole.id).filter_map(date).collect()
}

/// Those of the time that an edition looks back on, and those published since the last one, however old their date is.
fn articles(brief: &Brief, material: &Material, told: impl Fn(&Telling, bool) -> ToldIn) -> Vec<Text> {
    let tells_articles = brief.articles && brief.reminders.is_none();
    let is_added = |article: &Article| brief.marks.has_article(Mark::Added, article.id);
    let is_carried = |article: &Article| brief.carried.contains(&Entry::Article { id: article.id });
    let (first_day, usual_first_day) = (brief.articles_from(), brief.usual_articles_from());
    let is_published_since = |article: &Article, made: Option<Timestamp>| {
        made.is_some_and(|made| article.published_at.is_some_and(|at| at > made))
    };
    let made_before = brief.makes_up.and_then(|missed| missed.made_after);
    let is_recent = |article: &&Arc<Article>| {
        article.date >= first_day
            || is_published_since(article, brief.last_made)
            || is_published_since(article, made_before)
            || is_carried(article)
    };
    let is_told = |article: &&Arc<Article>| {
        if brief.retold.is_some() {
            return brief.is_retold(Entry::Article { id: article.id });
        }
        !brief.marks.has_article(Mark::LeftOut, article.id)
            && (is_added(article) || tells_articles && is_recent(article))
    };
    let events: HashMap<i64, &Event> = material.events.iter().map(|event| (event.id, &**event)).collect();
    let text = |article: &Arc<Article>| {
        let linked = || article.events.iter().filter_map(|id| events.get(id));
        let topics = match article.topics.is_empty() {
            true => linked().flat_map(|event| event.details.topics.clone()).collect(),
            false => article.topics.clone(),
        };
        let standards = linked().flat_map(|event| event.details.standards.clone()).collect();
        let kinds = linked().map(|event| event.details.kind).collect();
        let is_late = brief.retold.is_none()
            && article.date < usual_first_day
            && !is_published_since(article, brief.last_made)
            && !is_carried(article);
        let told = told(&Telling::Article { id: article.id }, is_late);
        Text { article: article.clone(), topics, standards, kinds, told, is_added: is_added(article) }
    };
    let texts = material.articles.iter().filter(is_told).map(text);
    let is_of_digest = |text: &Text| brief.retold.is_some() || text.is_for(&brief.kinds, &brief.topics);
    texts.filter(|text| text.is_added || is_of_digest(text)).collect()
}

#[cfg(test)]
mod tests;
