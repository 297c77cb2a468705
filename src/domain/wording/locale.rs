//! The languages: one for each file in `locales/`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::article::ArticleAction;
use crate::domain::event::{Action, Kind};
use crate::domain::meant::aside;
use crate::domain::section::Section;
use crate::domain::{Invalid, serde_as_text, text};

/// Tag and text of each language, by tag.
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

const ENGLISH: &str = "en";

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| FILES.iter().map(Language::of).collect());

struct Language {
    /// With the script and region that go without saying.
    id: LanguageIdentifier,
    phrases: FluentBundle<FluentResource>,
    /// The phrases without values that were said before: a page says some hundreds of times what a kind is called.
    said: RwLock<HashMap<String, Arc<str>>>,
}

impl Language {
    fn of((tag, text): &(&str, &str)) -> Self {
        let id = identifier(tag).unwrap_or_default();
        let mut phrases = FluentBundle::new_concurrent(vec![id.clone()]);
        // Marks around each value would show as boxes in some mail programs.
        phrases.set_use_isolating(false);
        // A phrase that can't be read is told in English; a test reads them all.
        phrases.add_resource_overriding(
            FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(readable, _)| readable),
        );
        Self { id, phrases, said: RwLock::default() }
    }

    /// A phrase that takes no values.
    fn plain(&self, id: &str) -> Option<String> {
        if let Some(said) = self.said.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Some(said.to_string());
        }
        let phrase = self.phrase(id, &FluentArgs::new())?;
        let mut said = self.said.write().unwrap_or_else(PoisonError::into_inner);
        said.insert(id.to_owned(), phrase.as_str().into());
        Some(phrase)
    }

    fn phrase(&self, id: &str, values: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.phrases.get_message(id)?.value()?;
        Some(self.phrases.format_pattern(pattern, Some(values), &mut Vec::new()).into_owned())
    }
}

fn identifier(tag: &str) -> Option<LanguageIdentifier> {
    let mut id: LanguageIdentifier = tag.trim().parse().ok()?;
    id.maximize();
    Some(id)
}

/// A language that readers can choose. It can be asked for by any tag (RFC 5646) that means it: `zh`, `zh-CN` and
/// `zh-Hans` are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Locale(usize);

impl Locale {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FILES.len()).map(Self)
    }

    /// Its tag, such as `en` or `zh-Hans`.
    pub fn tag(self) -> &'static str {
        FILES.get(self.0).map_or(ENGLISH, |(tag, _)| tag)
    }

    /// Its own name in itself.
    pub fn name(self) -> String {
        self.say("language")
    }

    /// The first of those that a browser asks for in Accept-Language (RFC 9110 section 12.5.4) which there is.
    pub fn accepted(header: &str) -> Option<Self> {
        let quality = |wish: &str| match wish.split_once(";q=") {
            Some((_, quality)) => quality.trim().parse().unwrap_or(0.0),
            None => 1.0_f32,
        };
        let mut wishes: Vec<_> = header.split(',').map(|wish| (quality(wish), wish)).collect();
        wishes.retain(|(quality, _)| *quality > 0.0);
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        wishes.into_iter().find_map(|(_, wish)| wish.split(';').next()?.parse().ok())
    }

    /// A phrase that takes no values.
    pub fn say(self, id: &str) -> String {
        self.first(id, |language| language.plain(id))
    }

    /// A phrase with one value in it.
    pub fn with<'a>(self, id: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        self.tell(id, [(name, value.into())])
    }

    /// A phrase with values in it.
    pub fn tell<'a>(self, id: &str, values: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>) -> String {
        let values: FluentArgs<'a> = values.into_iter().collect();
        self.first(id, |language| language.phrase(id, &values))
    }

    /// What this language says, or else English.
    fn first(self, id: &str, said: impl Fn(&Language) -> Option<String>) -> String {
        let own = LANGUAGES.get(self.0).and_then(&said);
        own.or_else(|| said(LANGUAGES.get(Self::default().0)?)).unwrap_or_else(|| id.to_owned())
    }

    /// What a kind of events is called.
    pub fn kind(self, kind: Kind) -> String {
        self.say(&format!("kind-{kind}"))
    }

    /// What was done with an event.
    pub fn action(self, action: Action) -> String {
        self.say(&format!("action-{action}"))
    }

    pub fn article_action(self, action: ArticleAction) -> String {
        self.say(&format!("action-{action}"))
    }

    /// What stands above a part of an edition.
    pub fn section(self, section: Section) -> String {
        self.say(&format!("section-{section}"))
    }

    /// Two clauses of one sentence: `1 October 2020, every year`.
    pub fn joined(self, first: String, second: String) -> String {
        self.tell("clauses", [("first", first.into()), ("second", second.into())])
    }

    /// `a`, `a and b`, `a, b and c`.
    pub fn listing(self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => {
                format!("{}{}{last}", first.join(&self.say("list-comma")), self.say("list-end"))
            }
        }
    }
}

/// English.
impl Default for Locale {
    fn default() -> Self {
        Self(FILES.iter().position(|(tag, _)| *tag == ENGLISH).unwrap_or_default())
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.tag())
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({})", self.tag())
    }
}

impl FromStr for Locale {
    type Err = Invalid;

    /// The same language and script, or else the same language.
    fn from_str(tag: &str) -> Result<Self, Invalid> {
        let find = |is_it: &dyn Fn(&LanguageIdentifier) -> bool| {
            LANGUAGES.iter().position(|language| is_it(&language.id)).map(Self)
        };
        let found = identifier(tag).and_then(|wish| {
            find(&|id| id.language == wish.language && id.script == wish.script)
                .or_else(|| find(&|id| id.language == wish.language))
        });
        found.ok_or_else(|| {
            let known: Vec<_> = Self::all().map(Self::tag).collect();
            let meant = aside(tag, known.iter().copied());
            let (tag, known) = (text::quoted(tag), known.join(", "));
            Invalid(format!("`{tag}` is not a locale{meant}: use one of {known}"))
        })
    }
}

serde_as_text!(Locale);
