//! All values that were given, each with a mark. An error of serde tells the mark of the value it is about, and so the
//! way to it; what was wrong makes room for what can't be, until all was told.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use super::Config;
use super::origin::{Origin, Origins, Step};
use crate::domain::meant::of_unknown_field;

type Value<'t> = Spanned<DeValue<'t>>;

/// More complaints than anybody mends at once.
const MOST: usize = 100;
/// Each takes a wrong or missing value away.
const MOST_ROUNDS: usize = 1000;

/// What must be there: an example of it, which also stands in for what is wrong or missing, so that the rest is judged.
pub(super) const EXAMPLES: [(&[&str], &str); 12] = [
    (&["source", "url"], "https://example.org/calendar.ics"),
    (&["digest", "slug"], "weekly"),
    (&["digest", "schedule"], "0 8 * * 1"),
    (&["mail", "relay", "url"], "smtp://mail.example.org:587"),
    (&["mail", "dkim", "selector"], "kalends-2026"),
    (&["mail", "dkim", "key_file"], "config/dkim.pem"),
    (&["webhook", "name"], "team-chat"),
    (&["webhook", "url"], "https://hooks.example.org/secret"),
    (&["bounce", "oauth", "token_url"], "https://login.example.org/tenant/oauth2/v2.0/token"),
    (&["bounce", "oauth", "client_id"], "kalends"),
    (&["bounce", "oauth", "client_secret_file"], "config/client-secret"),
    (&["bounce", "oauth", "scope"], "https://outlook.office365.com/.default"),
];

/// Lists whose items are told by their places, so none may vanish.
const LISTS: [&[&str]; 5] = [&["source"], &["digest"], &["webhook"], &["mail", "relay"], &["mail", "dkim"]];

#[derive(Clone)]
struct Mark {
    path: Vec<Step>,
    /// Else of the value.
    is_key: bool,
}

pub(super) struct Tree<'t> {
    root: Value<'t>,
    /// A mark's place here is the beginning of its span.
    marks: Vec<Mark>,
}

impl<'t> Tree<'t> {
    /// The values of a file; what is no TOML in it is complained about, and left out.
    pub(super) fn read(text: &'t str, origins: &mut Origins) -> Self {
        let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line = |span: Range<usize>| Origin::Line(1 + lines.partition_point(|&end| end < span.start));
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or_default();
            let origin = line(span.clone());
            match error.message() {
                // Which may be a table's name. All that stands there is read nonetheless.
                "duplicate key" => {
                    let key = text.get(span).unwrap_or("a key");
                    origins.complain_of(Some(origin), format!("{key} stands there twice: leave one of the two"));
                }
                message => origins.complain_of_syntax(origin, message.replace('\n', ": ")),
            }
        }
        let mut tree = Self { root: Spanned::new(0..0, DeValue::Boolean(false)), marks: Vec::new() };
        tree.root = tree.marked(Spanned::new(0..0, DeValue::Table(root.into_inner())), &[], &line, origins);
        tree
    }

    /// Puts the value of an environment variable in the place that its name says: as text if that fits, else as a TOML
    /// value (`true`, `8`, `["meeting"]`).
    pub(super) fn set(&mut self, keys: &[String], variable: &str, value: &'t str, origins: &mut Origins) {
        let origin = Origin::Variable(variable.to_owned());
        let path: Vec<Step> = keys.iter().cloned().map(Step::Key).collect();
        let value = match chosen(keys, value) {
            Ok(value) => value,
            Err(said) => {
                origins.complain_of(Some(origin), said);
                return;
            }
        };
        origins.forget(&path);
        let marked = self.marked(Spanned::new(0..0, value), &path, &|_| origin.clone(), origins);
        let mut within = &mut self.root;
        for (depth, key) in keys.iter().enumerate() {
            let is_last = depth + 1 == keys.len();
            let table = match within.get_mut() {
                DeValue::Table(table) => table,
                DeValue::Array(_) => {
                    let whole = format!("KALENDS_{}", keys[..depth].join("__").to_uppercase());
                    let said = format!("a list can't be changed in part: give all of it in {whole}");
                    origins.complain_of(Some(origin), said);
                    return;
                }
                _ => {
                    origins.complain_of(Some(origin), "it names no option: the one above it holds no others");
                    return;
                }
            };
            let mark = self.marks.len();
            self.marks.extend([true, false].map(|is_key| Mark { path: path[..=depth].to_vec(), is_key }));
            let key = Spanned::new(mark..mark + 1, Cow::Owned(key.clone()));
            if is_last {
                // The key's mark is to be the new one.
                table.remove(&key);
                table.insert(key, marked);
                return;
            }
            if !table.contains_key(&key) {
                origins.note(path[..=depth].to_vec(), origin.clone());
            }
            let none = || Spanned::new(mark + 1..mark + 2, DeValue::Table(DeTable::new()));
            within = table.entry(key).or_insert_with(none);
        }
    }

    pub(super) fn root(&self) -> &DeValue<'t> {
        self.root.get_ref()
    }

    /// The configuration of all that is right; what is wrong is complained about and taken away.
    pub(super) fn config(&mut self, origins: &mut Origins) -> Config {
        for _ in 0..MOST_ROUNDS {
            let error = match Config::deserialize(ValueDeserializer::from(self.root.clone())) {
                Ok(config) => return config,
                Err(error) => error,
            };
            let message = error.message().replace('\n', ": ");
            let at = error.span().map(|span| span.start).filter(|&at| at > 0 && at < self.marks.len());
            let Some(at) = at else {
                origins.complain(Vec::new(), message);
                break;
            };
            if origins.count() >= MOST {
                origins.complain(Vec::new(), "more is wrong than is told here: mend this first");
                break;
            }
            self.mend(at, message, origins);
        }
        Config::default()
    }

    /// Complains about the value with this mark, and takes it away.
    fn mend(&mut self, at: usize, message: String, origins: &mut Origins) {
        let Mark { path, is_key } = self.marks[at].clone();
        if is_key {
            origins.complain(path, of_unknown_field(&message));
            replace(&mut self.root, at, &mut None);
            return;
        }
        if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            let missing = [&path[..], &[Step::Key(name.to_owned())]].concat();
            let example = example(&missing);
            if !origins.is_wrong(&missing) {
                let right = example.map(|example| format!(": write one such as {name} = \"{example}\""));
                origins.complain_of_missing(missing.clone(), format!("is missing{}", right.unwrap_or_default()));
            }
            let stand_in = example.map(|example| self.stand_in(&missing, example));
            match (find(&mut self.root, at).map(Spanned::get_mut), stand_in) {
                (Some(DeValue::Table(table)), Some(value)) => {
                    table.insert(Spanned::new(value.span(), Cow::Owned(name.to_owned())), value);
                }
                _ => {
                    replace(&mut self.root, at, &mut None);
                }
            }
            return;
        }
        let culprits = self.culprits(at);
        if !culprits.is_empty() {
            for (item, message) in culprits {
                origins.complain(self.marks[item].path.clone(), message);
                replace(&mut self.root, item, &mut None);
            }
            return;
        }
        let kind = find(&mut self.root, at).map_or("value", |value| value.get_ref().type_str());
        let is_list = matches!(path.last(), Some(Step::Key(_))) && LISTS.iter().any(|list| names(&path) == *list);
        let said = match is_list && kind == "table" {
            true => format!("one table stands here, where several may: write [[{}]]", names(&path).join(".")),
            false => wording(kind, message),
        };
        origins.complain(path.clone(), said);
        let mut instead = match (example(&path), path.last()) {
            (Some(example), _) => Some(self.stand_in(&path, example)),
            (None, Some(Step::Item(_))) if LISTS.iter().any(|list| names(&path) == *list) => {
                let mark = self.mark(path, false);
                Some(Spanned::new(mark, DeValue::Table(DeTable::new())))
            }
            _ => None,
        };
        replace(&mut self.root, at, &mut instead);
    }

    /// Which items of a list are refused, each by itself, and why: serde tells the list alone.
    fn culprits(&self, list: usize) -> Vec<(usize, String)> {
        let mut root = self.root.clone();
        let items = match find(&mut root, list).map(Spanned::get_mut) {
            Some(DeValue::Array(items)) => std::mem::replace(items, DeArray::new()),
            _ => return Vec::new(),
        };
        let reason = |item: Value<'t>| {
            let (mut root, mark) = (root.clone(), item.span().start);
            if let Some(DeValue::Array(items)) = find(&mut root, list).map(Spanned::get_mut) {
                items.push(item);
            }
            let error = Config::deserialize(ValueDeserializer::from(root)).err()?;
            let is_its = error.span().is_some_and(|span| span.start == list);
            is_its.then(|| (mark, error.message().replace('\n', ": ")))
        };
        items.into_iter().filter_map(reason).collect()
    }

    fn stand_in(&mut self, path: &[Step], example: &'static str) -> Value<'t> {
        Spanned::new(self.mark(path.to_vec(), false), DeValue::String(Cow::Borrowed(example)))
    }

    fn mark(&mut self, path: Vec<Step>, is_key: bool) -> Range<usize> {
        self.marks.push(Mark { path, is_key });
        self.marks.len() - 1..self.marks.len()
    }

    /// The same with a mark on each value and key within.
    fn marked(
        &mut self,
        value: Value<'t>,
        path: &[Step],
        origin: &dyn Fn(Range<usize>) -> Origin,
        origins: &mut Origins,
    ) -> Value<'t> {
        let mark = self.mark(path.to_vec(), false);
        if !path.is_empty() {
            origins.note(path.to_vec(), origin(value.span()));
        }
        let inner = match value.into_inner() {
            DeValue::Table(table) => {
                let mut marked = DeTable::new();
                for (key, value) in table {
                    let path = [path, &[Step::Key(key.get_ref().clone().into_owned())]].concat();
                    let key_at = origin(key.span());
                    let is_implied = value.span().is_empty();
                    let value = self.marked(value, &path, origin, origins);
                    if is_implied {
                        origins.note(path.clone(), key_at);
                    }
                    let mark = self.mark(path, true);
                    marked.insert(Spanned::new(mark, key.into_inner()), value);
                }
                DeValue::Table(marked)
            }
            DeValue::Array(items) => {
                let items = items.into_iter().enumerate();
                let marked =
                    items.map(|(at, item)| self.marked(item, &[path, &[Step::Item(at)]].concat(), origin, origins));
                DeValue::Array(marked.collect())
            }
            plain => plain,
        };
        Spanned::new(mark, inner)
    }
}

/// The keys on the way.
fn names(path: &[Step]) -> Vec<&str> {
    path.iter().filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).collect()
}

fn example(path: &[Step]) -> Option<&'static str> {
    let names = names(path);
    EXAMPLES.iter().find(|(keys, _)| names == *keys).map(|(_, example)| *example)
}

fn find<'a, 't>(within: &'a mut Value<'t>, mark: usize) -> Option<&'a mut Value<'t>> {
    if within.span().start == mark {
        return Some(within);
    }
    match within.get_mut() {
        DeValue::Table(table) => table.iter_mut().find_map(|(_, value)| find(value, mark)),
        DeValue::Array(items) => items.iter_mut().find_map(|item| find(item, mark)),
        _ => None,
    }
}

/// Takes away what has this mark, a value or a key with its value, or puts another value there; whether it was found.
fn replace<'t>(within: &mut Value<'t>, mark: usize, instead: &mut Option<Value<'t>>) -> bool {
    match within.get_mut() {
        DeValue::Table(table) => {
            let is_it =
                |key: &Spanned<Cow<'_, str>>, value: &Value<'_>| key.span().start == mark || value.span().start == mark;
            let found = table.iter().find(|(key, value)| is_it(key, value)).map(|(key, _)| key.clone());
            match (found, instead.take()) {
                (Some(key), Some(value)) => table.insert(key, value).is_some(),
                (Some(key), None) => table.remove(&key).is_some(),
                (None, other) => {
                    *instead = other;
                    table.iter_mut().any(|(_, value)| replace(value, mark, instead))
                }
            }
        }
        DeValue::Array(items) => match (items.iter().position(|item| item.span().start == mark), instead.take()) {
            (Some(at), Some(value)) => items.get_mut(at).map(|item| *item = value).is_some(),
            (Some(at), None) => {
                let left = items.clone().into_iter().enumerate().filter(|(other, _)| *other != at);
                *items = left.map(|(_, item)| item).collect();
                true
            }
            (None, other) => {
                *instead = other;
                items.iter_mut().any(|item| replace(item, mark, instead))
            }
        },
        _ => false,
    }
}

/// What a variable's value is to be read as, or why it can't be.
fn chosen<'t>(keys: &[String], text: &'t str) -> Result<DeValue<'t>, String> {
    let as_text = DeValue::String(Cow::Borrowed(text));
    let parsed = DeValue::parse(text.trim()).map(Spanned::into_inner);
    let Err(wanted) = fits(keys, &as_text) else { return Ok(as_text) };
    match parsed {
        Ok(value) if fits(keys, &value).is_ok() || wanted.starts_with(WRONG_TYPE) => Ok(value),
        // A list or a table was meant. What stands in it may be a password.
        Err(error) if text.trim_start().starts_with(['[', '{']) && wanted.starts_with(WRONG_TYPE) => {
            Err(format!("it is no TOML value: {}", error.message().replace('\n', ": ")))
        }
        _ => Ok(as_text),
    }
}

/// Whether the option takes such a value; what else is missing is another matter.
fn fits(keys: &[String], value: &DeValue<'_>) -> Result<(), String> {
    let nested = keys.iter().rev().fold(value.clone(), |inner, key| {
        DeValue::Table(DeTable::from_iter([(Spanned::new(0..0, Cow::Owned(key.clone())), Spanned::new(0..0, inner))]))
    });
    match Config::deserialize(ValueDeserializer::from(Spanned::new(0..0, nested))) {
        Err(error) if !error.message().starts_with("missing field") => Err(error.message().to_owned()),
        _ => Ok(()),
    }
}

const WRONG_TYPE: &str = "invalid type: ";

/// What serde says without the value, which may be a password.
fn wording(kind: &str, message: String) -> String {
    let named = |name: &str| match name {
        "integer" | "array" => format!("an {name}"),
        _ => format!("a {name}"),
    };
    let is_type = message.starts_with(WRONG_TYPE) || message.starts_with("invalid value: ");
    match message.rsplit_once(", expected ").filter(|_| is_type) {
        Some((_, wanted)) => {
            let wanted = match wanted {
                "a sequence" => "a list (`[…]`)",
                "a map" => "a table",
                "a boolean" => "true or false",
                "u8" | "u16" | "u32" | "u64" => "a whole number, 0 or more",
                "path string" => "a path in quotes",
                other => other,
            };
            format!("here stands {}, where {wanted} is wanted", named(kind))
        }
        None => message,
    }
}
