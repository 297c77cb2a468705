//! A value for readers of each language.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::domain::wording::Locale;

/// One for all readers, `title = "…"`, or one for those of each language, `title.en = "…"`.
#[derive(Debug, Clone)]
pub enum InLanguages<T> {
    Same(T),
    Each(BTreeMap<Locale, T>),
}

impl<T> InLanguages<T> {
    /// For readers of a language: its own, else that of the site's language, else the first there is, if any.
    pub fn of(&self, locale: Locale, site: Locale) -> Option<&T> {
        match self {
            Self::Same(value) => Some(value),
            Self::Each(each) => each.get(&locale).or_else(|| each.get(&site)).or_else(|| each.values().next()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InLanguages<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Given(PhantomData))
    }
}

struct Given<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Given<T> {
    type Value = InLanguages<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, or a table with one for each language, such as { en = \"…\", zh-Hans = \"…\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(text)).map(InLanguages::Same)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut each = BTreeMap::new();
        while let Some(locale) = map.next_key::<Locale>()? {
            if each.insert(locale, map.next_value()?).is_some() {
                return Err(M::Error::custom(format!("two are for readers of {locale}: leave one of them")));
            }
        }
        Ok(InLanguages::Each(each))
    }
}
