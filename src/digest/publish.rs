//! Makes an edition: a mail for each group of readers who see the same, a delivery for each reader.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Error;
use super::approval_letter;
use super::clock::{self, ReaderClock};
use super::compose::Content;
use super::draft::{Audience, Draft};
use crate::config::{Config, DigestConfig};
use crate::domain::actor::Actor;
use crate::domain::approval::{Approval, Differences, words_of};
use crate::domain::edition::{Edition, Rendered};
use crate::domain::wording::{Clock, Locale};
use crate::domain::zone::Zone;
use crate::store::{self, Absent, Grouping, Made, NewEdition, Notice, Portion, Store};

/// How often the readers are read again because some chose anew while mails were rendered.
const ATTEMPTS: usize = 5;

/// What an edition is made for.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The moment in the digest's own zone; each has one edition.
    pub moment: Timestamp,
    /// It tells how things stand then.
    pub as_of: Timestamp,
    /// Who wants it; none: it is scheduled, and stands for the moments up to its own.
    pub by: Option<&'a Actor>,
    /// Each reader gets it when it is time on their own clock, rather than now.
    pub per_reader_time: bool,
    /// The moments after this one had no edition of their own: reminders that were due in them are made up for.
    pub missed_since: Option<Timestamp>,
    /// Nothing is made; it is only told what would be.
    pub is_trial: bool,
}

/// What became of a wish to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    Edition(Edition),
    /// What it would have been.
    Trial(Trial),
    /// There is one for this moment already.
    Already,
    /// Nothing to tell, so nothing was made.
    Empty,
    /// Nobody reads the digest, so nothing was made of what somebody wanted to send.
    NoReaders,
    /// It waits until somebody has approved it.
    Unapproved,
}

/// An edition that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub number: i64,
    /// Of the mail of readers without a choice.
    pub subject: String,
    /// How many it would go to.
    pub candidates: i64,
    /// How many it would not go to, since it tells nothing that they chose.
    pub left_out: i64,
    /// Who else it would not go to.
    pub absent: Absent,
}

/// Makes the edition of `digest` and queues its deliveries. What takes time is done before the database is held.
pub async fn publish(
    store: &Store,
    config: &Config,
    digest: &DigestConfig,
    occasion: Occasion<'_>,
) -> Result<Published, Error> {
    for _ in 0..ATTEMPTS {
        if let Some(published) = attempt(store, config, digest, occasion).await? {
            return Ok(published);
        }
    }
    Err(Error::Restless)
}

/// None: its editors say something else by now, or another edition was made meanwhile.
async fn attempt(
    store: &Store,
    config: &Config,
    digest: &DigestConfig,
    occasion: Occasion<'_>,
) -> Result<Option<Published>, Error> {
    let slug = digest.slug.as_str();
    let is_scheduled = occasion.by.is_none();
    if store.has_edition(slug, occasion.moment).await? {
        if is_scheduled && !occasion.is_trial {
            store.settle_schedule(slug, occasion.moment).await?;
        }
        return Ok(Some(Published::Already));
    }
    let draft = Draft::load(store, config, digest, occasion.moment, occasion.as_of, occasion.missed_since).await?;
    let everybody = draft.everybody();
    let has_news = draft.is_worth_a_mail(&draft.content(&everybody), everybody.locale);
    let grouping = draft.grouping(occasion.per_reader_time);
    let mut mails = Mails::of(&draft);
    for _ in 0..ATTEMPTS {
        let portions = portions(store, &draft, &grouping, occasion, &mut mails).await?;
        if !is_scheduled && portions.is_empty() {
            return Ok(Some(Published::NoReaders));
        }
        // Nothing new for those who read all, and nobody else: then there is nothing to tell. A scheduled edition with
        // news stands in the archive also if it goes to nobody.
        if (!has_news || !is_scheduled) && portions.iter().all(|portion| portion.mail.is_none()) {
            if is_scheduled && !occasion.is_trial {
                store.settle_schedule(slug, occasion.moment).await?;
            }
            return Ok(Some(Published::Empty));
        }
        if occasion.is_trial {
            return Ok(Some(Published::Trial(trial(store, &draft, &portions).await?)));
        }
        let notices = match is_scheduled && digest.approval == Approval::Ask {
            false => Vec::new(),
            true => match after_approval(store, &draft, occasion.moment).await? {
                Some(notice) => notice.into_iter().collect(),
                None => return Ok(Some(Published::Unapproved)),
            },
        };
        let new = NewEdition {
            digest: slug,
            scheduled_for: occasion.moment,
            history_head: draft.history_head,
            mail_domain: config.mail.from.address.domain(),
            by: occasion.by,
            history_since: draft.history_since,
            grouping: &grouping,
            tellings: &draft.tellings(),
            archived: &draft.archived()?,
            notes: &draft.notes,
            marks: draft.marks(),
            follows: Some(draft.follows),
            notices: &notices,
        };
        store.progress().begin("queueing its mails");
        match store.create_edition(&new, &mails.rendered, &portions).await? {
            Made::Edition(edition) => return Ok(Some(Published::Edition(edition))),
            Made::Already => return Ok(Some(Published::Already)),
            Made::Otherwise => return Ok(None),
            Made::OtherGroups => {}
        }
    }
    Err(Error::Restless)
}

/// What is to be told who has approved the edition, if it changed since; none: nobody has approved what it says.
async fn after_approval(store: &Store, draft: &Draft<'_>, moment: Timestamp) -> Result<Option<Option<Notice>>, Error> {
    let words = words_of(&draft.notes, draft.marks());
    let Some(kept) = store.approval(draft.digest.slug.as_str(), moment).await? else { return Ok(None) };
    let Some((by, _)) = kept.of(&words) else { return Ok(None) };
    let site = draft.config.site.locale;
    let to = match by {
        Actor::Editor(id) => {
            let editors = store.editors().await?.into_iter();
            let mut who = editors.filter(|editor| editor.id == *id && editor.left_at.is_none());
            who.next().and_then(|editor| Some((editor.email?, editor.locale.unwrap_or(site))))
        }
        _ => draft.config.operator.address.clone().map(|address| (address, site)),
    };
    let Some((to, locale)) = to else { return Ok(Some(None)) };
    let found = Differences::between(&kept.told, &draft.told_lines());
    Ok(Some(approval_letter::changed(draft, moment, locale, to, &found)?))
}

async fn trial(store: &Store, draft: &Draft<'_>, portions: &[Portion]) -> Result<Trial, Error> {
    let everybody = draft.everybody();
    let readers = |is_sent: bool| {
        portions.iter().filter(|portion| portion.mail.is_some() == is_sent).map(|portion| portion.group.readers).sum()
    };
    let number = next_number(store, draft.digest).await?;
    Ok(Trial {
        number,
        subject: draft.mail(&draft.content(&everybody), &everybody)?.numbered(number).subject,
        candidates: readers(true),
        left_out: readers(false),
        absent: store.absent_readers(draft.digest.slug.as_str()).await?,
    })
}

/// The number of the edition that is made next.
pub async fn next_number(store: &Store, digest: &DigestConfig) -> store::Result<i64> {
    Ok(store.last_edition(digest.slug.as_str()).await?.map_or(1, |last| last.number + 1))
}

/// What each group of readers gets, and when.
async fn portions(
    store: &Store,
    draft: &Draft<'_>,
    grouping: &Grouping,
    occasion: Occasion<'_>,
    mails: &mut Mails<'_>,
) -> Result<Vec<Portion>, Error> {
    let (config, digest) = (draft.config, draft.digest);
    let own = config.zone_of(digest);
    let wall = clock::wall(occasion.moment, own);
    let now = store.now();
    let mut portions = Vec::new();
    let groups = store.reader_groups(digest.slug.as_str(), grouping).await?;
    store.progress().begin_counted("composing mails", groups.len());
    for group in groups {
        store.progress().at(portions.len() as u64);
        let (next_at, at, today) = match occasion.per_reader_time {
            false => (now, draft.as_of, draft.date_in(own)),
            true => {
                let clock = reader_clock(config, digest, group.choice.timezone.as_ref(), group.choice.send_hour);
                // Whose time has passed gets it at once.
                let next_at = clock.instant(wall).max(now);
                (next_at, next_at, clock.zone().at(next_at).date())
            }
        };
        let mail = mails.place(draft.audience(&group.choice, today, at))?;
        portions.push(Portion { group, mail, next_at });
        // A rendering takes a while, and the site has its readers too.
        tokio::task::yield_now().await;
    }
    Ok(portions)
}

/// The clock of a reader who chose these. An hour of their own has a meaning where a day has one edition.
pub fn reader_clock(
    config: &Config,
    digest: &DigestConfig,
    timezone: Option<&Zone>,
    send_hour: Option<i8>,
) -> ReaderClock {
    let zone = timezone.unwrap_or_else(|| config.zone_of(digest)).clone();
    ReaderClock::new(zone, send_hour.filter(|_| digest.schedule.comes_once_a_day()))
}

/// The mails of an edition, each rendered when the first group asks for it.
struct Mails<'a> {
    draft: &'a Draft<'a>,
    rendered: Vec<Rendered>,
    /// What each was rendered from: other choices may come to the same.
    originals: Vec<(Content, Locale, Date, Option<Clock>)>,
    /// Where among them; none where there is nothing to tell.
    places: HashMap<Audience, Option<usize>>,
}

impl<'a> Mails<'a> {
    fn of(draft: &'a Draft<'a>) -> Self {
        Self { draft, rendered: Vec::new(), originals: Vec::new(), places: HashMap::new() }
    }

    fn place(&mut self, audience: Audience) -> Result<Option<usize>, Error> {
        if let Some(place) = self.places.get(&audience) {
            return Ok(*place);
        }
        let content = self.draft.content(&audience);
        let place = match self.draft.is_worth_a_mail(&content, audience.locale) {
            true => Some(self.rendering(content, &audience)?),
            false => None,
        };
        self.places.insert(audience, place);
        Ok(place)
    }

    fn rendering(&mut self, content: Content, audience: &Audience) -> Result<usize, Error> {
        let clock = content.tells_times().then(|| audience.clock.clone());
        let original = (content, audience.locale, audience.today, clock);
        if let Some(known) = self.originals.iter().position(|known| *known == original) {
            return Ok(known);
        }
        self.rendered.push(self.draft.mail(&original.0, audience)?);
        self.originals.push(original);
        Ok(self.rendered.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::choice::Choice;
    use crate::domain::event::{Details, Kind};
    use crate::domain::when::{Point, When};

    #[tokio::test]
    async fn readers_who_see_the_same_share_one_rendering() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.register_digests(["weekly"]).await.unwrap();
        let config = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n";
        let config = Config::parse("test", config, Vec::new()).unwrap();
        for (kind, topic) in [(Kind::Meeting, "IPv6"), (Kind::Forum, "finance")] {
            let when = When::open(Point::Day(Zone::utc().at(store.now()).date()), Zone::utc());
            let details = Details { topics: vec![topic.into()], ..Details::new(kind, topic, when) };
            store.add_event(&Actor::Operator, details, "example.org").await.unwrap();
        }
        let now = store.now();
        let draft = Draft::load(&store, &config, &config.digests[0], now, now, None).await.unwrap();
        let mut mails = Mails::of(&draft);
        let today = draft.everybody().today;
        let tomorrow = today.tomorrow().unwrap();
        let choice = |topics: &[&str], kinds: &[Kind], zone: &str| Choice {
            topics: topics.iter().map(|&topic| topic.into()).collect(),
            kinds: kinds.to_vec(),
            timezone: zone.parse().ok(),
            ..Choice::default()
        };
        for (choice, date, place) in [
            (choice(&[], &[], "UTC"), today, Some(0)),
            (choice(&["ipv6"], &[], "UTC"), today, Some(1)),
            (choice(&["IPv6", "cities"], &[], "Asia/Shanghai"), today, Some(1)),
            (choice(&["IPv6"], &[], "Asia/Shanghai"), tomorrow, Some(2)),
            // Another choice that comes to the same.
            (choice(&[], &[Kind::Meeting], "UTC"), today, Some(1)),
            (choice(&[], &[Kind::Meeting, Kind::Forum], "Europe/Brussels"), today, Some(0)),
            (choice(&["cities"], &[], "UTC"), today, None),
            (Choice { locale: Some("en-GB".into()), ..Choice::default() }, today, Some(0)),
            (Choice { locale: Some("zh".into()), ..Choice::default() }, today, Some(3)),
        ] {
            assert_eq!(mails.place(draft.audience(&choice, date, now)).unwrap(), place, "{choice:?}");
        }
        assert_eq!(mails.rendered.len(), 4);
    }
}
