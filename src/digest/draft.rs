//! What an edition is made from, and the mail it becomes for readers who see the same.

mod load;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Error;
use super::brief::{Brief, MakesUp};
use super::compose::{Content, Material, Read, Survey};
use super::render::outline::{Line, outline, with_firsts};
use super::render::{Frame, render};
use crate::config::{Config, DigestConfig};
use crate::domain::approval::ToldLine;
use crate::domain::choice::Choice;
use crate::domain::edition::{Archived, Missed, Rendered, Run, Telling};
use crate::domain::event::{Event, Kind, Revision};
use crate::domain::filter::EventFilter;
use crate::domain::mark::{EditionMarks, Entry, Mark};
use crate::domain::note::EditorsNotes;
use crate::domain::text;
use crate::domain::wording::{Clock, Locale};
use crate::domain::zone::Zone;
use crate::feed::{FeedInfo, ics};
use crate::store::Grouping;

/// All that makes one reader's mail differ from another's. Readers for whom it is the same get the same mail, rendered
/// once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Audience {
    /// Topics followed, in order and in lower case; none means all.
    topics: Vec<String>,
    kinds: Vec<Kind>,
    pub locale: Locale,
    /// The date on which they get it.
    pub today: Date,
    /// By which they are told times. Of zones whose clocks show the same at all of the edition's times, it is one for all.
    pub clock: Clock,
    /// The number of the first edition that they have read.
    first_edition: i64,
    /// Those since then that they have not got, and that are made up for.
    missed: Vec<i64>,
    /// The line of history up to which an edition that they got late has told how things are, if that goes beyond the last.
    told_until: Option<i64>,
}

impl Audience {
    fn filter(&self) -> EventFilter {
        EventFilter { topics: self.topics.clone(), kinds: self.kinds.clone(), ..EventFilter::default() }
    }

    fn read(&self) -> Read<'_> {
        Read { first_edition: self.first_edition, missed: &self.missed }
    }
}

/// What an edition of `digest` is made from.
pub struct Draft<'a> {
    pub config: &'a Config,
    pub digest: &'a DigestConfig,
    pub as_of: Timestamp,
    pub is_demo: bool,
    brief: Brief,
    material: Material,
    /// Editions that some have not got.
    missed: Vec<Lacked>,
    /// What there is to tell those who have got all.
    survey: Arc<Survey>,
    /// What its editors say.
    pub notes: EditorsNotes,
    /// The number of the last edition before it; 0 if there was none.
    pub follows: i64,
    /// Whether it is the first mail of who has just confirmed.
    pub is_welcome: bool,
    /// What there is to tell those who have not got these, or got one late, found when the first of them asks.
    others: Mutex<HashMap<Others, Arc<Survey>>>,
    /// For those, and whose clocks are so far from UTC at the edition's times: the first such zone.
    zones: Mutex<HashMap<(Others, Vec<Offset>), Zone>>,
    /// The line of history behind which it begins to tell.
    pub history_since: i64,
    /// The newest line of history it takes in.
    pub history_head: i64,
}

/// Which editions readers have not got, and up to which line of history one that came late has told them how things are.
type Others = (Vec<i64>, Option<i64>);

/// An edition that some have not got.
struct Lacked {
    edition: Missed,
    /// The history that it told of.
    revisions: Vec<Revision>,
    /// What the one before it had left out.
    carried: Vec<Entry>,
}

impl<'a> Draft<'a> {
    /// Which readers have to be told apart.
    pub fn grouping(&self, per_reader_time: bool) -> Grouping {
        let (oldest_telling, oldest_run) = (self.oldest_telling(), self.oldest_run());
        let missed = self.missed.iter().map(|lacked| lacked.edition.number).collect();
        let (by_zone, since) = (self.has_times(), self.history_since);
        Grouping { per_reader_time, by_zone, oldest_telling, oldest_run, missed, since }
    }

    /// Whether it may tell anybody a time. Else all zones are one.
    fn has_times(&self) -> bool {
        let all = || self.missed.iter().map(|lacked| lacked.edition.number).collect();
        !self.survey.instants().is_empty()
            || !self.missed.is_empty() && !self.survey_for(&(all(), None)).instants().is_empty()
    }

    /// The zone that stands for all those in which clocks show the same at the times that these readers are told.
    fn zone_like(&self, zone: &Zone, survey: &Survey, whose: Others) -> Zone {
        let offsets = survey.instants().iter().map(|at| zone.time_zone().to_offset(*at)).collect();
        let mut known = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry((whose, offsets)).or_insert_with(|| zone.clone()).clone()
    }

    /// Who has read since an edition before this one, and got all, knows as much as who has read since it. Where nothing
    /// was told before, all know the same.
    fn oldest_telling(&self) -> i64 {
        self.survey.oldest_telling().unwrap_or(i64::MAX)
    }

    /// The same for those who missed some.
    fn oldest_run(&self) -> i64 {
        self.material.told.values().flatten().map(|run| run.since).min().unwrap_or(i64::MAX)
    }

    /// What there is to tell those who have not got the editions with these numbers, or whom one that came late has told how
    /// things are up to a line of history.
    fn survey_of(&self, numbers: &[i64], told_until: Option<i64>) -> Arc<Survey> {
        let mut surveys = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = (numbers.to_vec(), told_until);
        if let Some(survey) = surveys.get(&asked) {
            return survey.clone();
        }
        let theirs = || self.missed.iter().filter(|lacked| numbers.contains(&lacked.edition.number));
        let known = if told_until.is_some() { self.told_by_last() } else { HashSet::new() };
        let is_news = |revision: &&Revision| {
            let entry = Entry::Event { id: revision.event_id, occurrence: revision.entry.occurrence };
            told_until.is_none_or(|until| revision.line > until) || !known.iter().any(|known| entry.covers(*known))
        };
        let revisions = theirs().flat_map(|lacked| &lacked.revisions).chain(&self.material.revisions);
        let material = Material { revisions: revisions.filter(is_news).cloned().collect(), ..self.material.clone() };
        let brief = Brief { known, ..making_up_for(&self.brief, theirs()) };
        let survey = Arc::new(Survey::new(&brief, &material));
        surveys.insert(asked, survey.clone());
        survey
    }

    /// What the edition before it told, on whatever date.
    fn told_by_last(&self) -> HashSet<Entry> {
        let is_told = |runs: &[Run]| runs.iter().any(|run| run.holds(self.follows));
        self.material.told.iter().filter(|(_, runs)| is_told(runs)).map(|(telling, _)| telling.entry()).collect()
    }

    /// Readers who chose nothing and have read all editions, in the digest's own zone.
    pub fn everybody(&self) -> Audience {
        self.audience(&Choice::default(), self.date_in(self.config.zone_of(self.digest)), self.as_of)
    }

    /// The same in another language.
    pub fn everybody_in(&self, locale: Locale) -> Audience {
        Audience { locale, ..self.everybody() }
    }

    /// What its editors want of its entries.
    pub fn marks(&self) -> &EditionMarks {
        &self.brief.marks
    }

    /// What it tells these readers, as a list. What is left out stands where it would.
    pub fn outline(&self, audience: &Audience) -> Vec<Line> {
        outline(
            &self.whole().content(&audience.filter(), audience.today, &audience.clock, audience.read()),
            &self.frame(audience),
        )
    }

    /// The same without what is left out.
    pub fn outline_told(&self, audience: &Audience) -> Vec<Line> {
        let lines = self.outline(audience).into_iter();
        let is_left_out = |line: &Line| self.marks().of(line.entry).any(|marked| marked.mark == Mark::LeftOut);
        with_firsts(lines.filter(|line| !is_left_out(line)).collect())
    }

    /// What it tells, as it is kept with its approval: to readers without a choice, in the site's language.
    pub fn told_lines(&self) -> Vec<ToldLine> {
        let lines = self.outline_told(&self.everybody()).into_iter();
        lines.map(|line| ToldLine { entry: line.entry.to_string(), text: line.in_words() }).collect()
    }

    /// What there would be to tell if nothing was left out.
    fn whole(&self) -> Survey {
        let brief = Brief { marks: self.brief.marks.without(Mark::LeftOut), ..self.brief.clone() };
        Survey::new(&brief, &self.material)
    }

    /// Whether it tells this those who chose nothing and have read all others, or would if it was not left out.
    pub fn tells(&self, entry: Entry) -> bool {
        self.is_among(entry, &self.everybody())
    }

    /// Whether it does so somebody who came later.
    pub fn tells_somebody(&self, entry: Entry) -> bool {
        self.is_among(entry, &Audience { first_edition: i64::MAX, ..self.everybody() })
    }

    fn is_among(&self, entry: Entry, audience: &Audience) -> bool {
        let content = self.whole().content(&audience.filter(), audience.today, &audience.clock, audience.read());
        match entry {
            Entry::Event { .. } => content.events().any(|event| entry.means(event)),
            Entry::Article { id } => content.articles().any(|article| article.id == id),
        }
    }

    /// Those who chose this and get it `at` an instant, on the date that is `today`.
    pub fn audience(&self, choice: &Choice, today: Date, at: Timestamp) -> Audience {
        let mut topics: Vec<_> = choice.topics.iter().map(|topic| text::fold_case(topic)).collect();
        topics.sort();
        topics.dedup();
        let mut kinds = choice.kinds.clone();
        kinds.sort();
        kinds.dedup();
        let locale = choice.locale.as_deref().and_then(|locale| locale.parse().ok());
        let is_made_up_for = |number: &i64| self.missed.iter().any(|lacked| lacked.edition.number == *number);
        let mut missed: Vec<i64> = choice.missed.iter().copied().filter(is_made_up_for).collect();
        missed.sort();
        let oldest = if missed.is_empty() { self.oldest_telling() } else { self.oldest_run() };
        let first_edition = choice.first_edition.max(oldest);
        let locale = locale.unwrap_or(self.config.site.locale);
        let told_until = choice.told_until.filter(|until| *until > self.history_since);
        let clock = self.clock(choice.timezone.as_ref(), (missed.clone(), told_until), at);
        Audience { topics, kinds, locale, today, clock, first_edition, missed, told_until }
    }

    /// By which those are told times who live there, or said nothing, and get it `at` an instant.
    fn clock(&self, chosen: Option<&Zone>, whose: Others, at: Timestamp) -> Clock {
        let site = self.config.zone_of(self.digest);
        let survey = self.survey_for(&whose);
        match chosen {
            _ if survey.instants().is_empty() => Clock::at(self.as_of, site, false),
            Some(zone) => {
                let clock = Clock::at(at, zone, true);
                Clock { zone: self.zone_like(zone, &survey, whose), ..clock }
            }
            None => Clock::at(at, site, false),
        }
    }

    /// What there is to tell those who have not got these editions, or got one late.
    fn survey_for(&self, whose: &Others) -> Arc<Survey> {
        match whose {
            (missed, None) if missed.is_empty() => self.survey.clone(),
            (missed, until) => self.survey_of(missed, *until),
        }
    }

    /// The date there as of which it tells.
    pub fn date_in(&self, zone: &Zone) -> Date {
        zone.at(self.as_of).date()
    }

    pub fn content(&self, audience: &Audience) -> Content {
        let survey = self.survey_for(&(audience.missed.clone(), audience.told_until));
        let content = survey.content(&audience.filter(), audience.today, &audience.clock, audience.read());
        if self.is_welcome { content.for_newcomers() } else { content }
    }

    /// Whether readers of a language get a mail, with this content.
    pub fn is_worth_a_mail(&self, content: &Content, locale: Locale) -> bool {
        let is_spoken_to = || self.notes.in_language(locale).is_some_and(|note| !note.body.is_empty());
        self.digest.send_empty || !content.is_empty() || is_spoken_to()
    }

    /// The mail of these readers, also where it has nothing to tell.
    pub fn mail(&self, content: &Content, audience: &Audience) -> Result<Rendered, Error> {
        let frame = self.frame(audience);
        let mail = render(content, &frame)?;
        let calendar = self.digest.attach_calendar.then(|| self.calendar(content)).flatten();
        Ok(Rendered { subject: mail.subject, text: mail.text, html: mail.html, calendar, answers: None })
    }

    /// What an edition tells those who have read all the others; where that is nothing, what it tells new readers.
    fn public_content(&self, everybody: &Audience) -> Content {
        let content = self.content(everybody);
        match content.is_empty() {
            true => self.content(&Audience { first_edition: i64::MAX, ..everybody.clone() }),
            false => content,
        }
    }

    /// The edition as anybody may read it, in each language; none where it is not for all.
    pub fn archived(&self) -> Result<Vec<Archived>, Error> {
        if !self.digest.archive {
            return Ok(Vec::new());
        }
        let everybody = self.everybody();
        let content = self.public_content(&everybody);
        Locale::all()
            .map(|locale| {
                let readers = self.everybody_in(locale);
                let frame = Frame { is_archived: true, ..self.frame(&readers) };
                let page = render(&content, &frame)?;
                let (subject, preheader) = (page.subject, page.preheader);
                Ok(Archived { locale: locale.tag().to_owned(), subject, preheader, html: page.html, text: page.text })
            })
            .collect()
    }

    /// All that the edition tells anybody.
    pub fn tellings(&self) -> Vec<Telling> {
        match self.brief.reminders {
            // What is due in seven days is due in one day too.
            Some(_) => Vec::new(),
            None => {
                let all = Audience { first_edition: i64::MAX, ..self.everybody() };
                self.survey.tellings(&self.content(&all), &self.brief)
            }
        }
    }

    fn frame<'b>(&'b self, audience: &'b Audience) -> Frame<'b> {
        let (config, digest, is_demo) = (self.config, self.digest, self.is_demo);
        let Audience { locale, today, ref clock, .. } = *audience;
        let (note, is_welcome) = (self.notes.in_language(locale), self.is_welcome);
        Frame { config, digest, locale, today, clock, note, is_welcome, is_demo, is_archived: false }
    }

    /// The events of an edition as a calendar program reads them: as they are in the feed, repeating ones whole.
    fn calendar(&self, content: &Content) -> Option<String> {
        let mut ids: Vec<i64> = content.events().map(|event| event.id).collect();
        ids.sort();
        ids.dedup();
        let is_told = |event: &&Arc<Event>| ids.binary_search(&event.id).is_ok();
        let mut events: Vec<_> = self.material.events.iter().filter(is_told).cloned().collect();
        events.sort_by_key(|event| event.id);
        (!events.is_empty()).then(|| ics::calendar(&events, &FeedInfo::of(self.config, ""), ics::Style::Feed))
    }
}

/// A moment as a digest's own clock shows it, in words.
pub fn moment_in(config: &Config, digest: &DigestConfig, locale: Locale, moment: Timestamp) -> String {
    let zone = config.zone_of(digest);
    let at = zone.at(moment);
    let time = format!("{} {zone}", at.strftime("%H:%M"));
    locale.joined(locale.long_day(at.date()), time)
}

/// What an edition is asked by those who have not got these.
fn making_up_for<'a>(brief: &Brief, missed: impl Iterator<Item = &'a Lacked> + Clone) -> Brief {
    let editions = missed.clone().map(|lacked| &lacked.edition);
    let Some(first) = editions.clone().min_by_key(|missed| missed.scheduled_for) else { return brief.clone() };
    let makes_up = Some(MakesUp { moment: first.scheduled_for, made_after: first.made_after });
    let mut brief = Brief { makes_up, ..brief.clone() };
    brief.carried.extend(missed.flat_map(|lacked| &lacked.carried));
    if let Some(reminders) = &mut brief.reminders {
        reminders.days.extend(editions.map(|missed| brief.zone.at(missed.scheduled_for).date()));
    }
    brief
}
