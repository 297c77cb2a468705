//! What a reader posts: what to do, and what they chose.

use std::str::FromStr;

use crate::config::Config;
use crate::domain::subscriber::Subscriber;
use crate::domain::wording::Locale;
use crate::domain::words;
use crate::office::readers::{Offered, topics_for};
use crate::store::Choices;
use crate::web::site::query::kind;
use crate::web::site::sentence::Sentence;

words! {
    /// What a button of the page asks for.
    pub enum Action, "action" {
        Save => "save",
        Leave => "leave",
        Link => "link",
        Export => "export",
        /// Makes one, and takes the one there was back.
        RenewCalendar => "renew-calendar",
        RevokeCalendar => "revoke-calendar",
        /// Asks once more.
        Forget => "forget",
        ForgetNow => "forget-now",
    }
}

pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next().map(str::trim)
    }

    pub fn action(&self) -> Result<Action, Sentence> {
        let word = self.one("do").ok_or_else(|| Sentence::new("preferences-no-action"))?;
        word.parse().map_err(|_| Sentence::about("wrong-action", word))
    }

    /// A field in which one thing is chosen: none if the form does not have it, none inside if it is empty.
    fn choice<T: FromStr>(&self, name: &str, wrong: &'static str) -> Result<Option<Option<T>>, Sentence> {
        let read = |value: &str| value.parse().map_err(|_| Sentence::about(wrong, value));
        self.one(name).map(|value| Some(value).filter(|value| !value.is_empty()).map(read).transpose()).transpose()
    }

    /// The choices of the whole form: a box that is not ticked is not sent. A field that the form does not have changes
    /// nothing, an empty one takes the choice back.
    pub fn choices(&self, config: &Config, reader: &Subscriber, topics: &[String]) -> Result<Choices, Sentence> {
        let offered: Vec<String> = config.digests.iter().map(|digest| digest.slug.as_str().to_owned()).collect();
        let wanted = |slug: &&String| self.all("digest").any(|given| given == slug.as_str());
        // In the order of the page, so that the same choice is kept as the same list.
        let offered_topics = topics_for(reader, topics);
        let topics = Offered::of(&offered_topics).chosen(self.all("topic"))?;
        let mut kinds = self.all("kind").map(kind).collect::<Result<Vec<_>, _>>()?;
        kinds.sort();
        kinds.dedup();
        let tags = || Locale::all().map(Locale::tag).collect::<Vec<_>>().join(", ");
        let locale = self.choice::<Locale>("locale", "wrong-language").map_err(|wrong| wrong.value("known", tags()))?;
        Ok(Choices {
            digests: offered.iter().filter(wanted).cloned().collect(),
            topics,
            kinds,
            timezone: self.choice("timezone", "wrong-zone")?,
            send_hour: self.choice("send_hour", "wrong-hour")?,
            locale: locale.map(|locale| locale.map(|locale| locale.to_string())),
            offered,
        })
    }
}
