//! Where a value of the configuration comes from, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::domain::text;

/// Where a value stands. Lines come before variables when complaints are sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Of the file, from 1.
    Line(usize),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "in line {line}"),
            Self::Variable(name) => write!(f, "in {name}"),
        }
    }
}

/// The way to a value: keys, and places in lists from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

/// A path as code writes it: `mail.relay.0.url`.
pub(super) fn path(text: &str) -> Vec<Step> {
    let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.to_owned()), Step::Item);
    text.split('.').map(step).collect()
}

/// The tables below others; all else is a table of the file's first floor, and its options.
pub(super) const INNER_TABLES: [&[&str]; 12] = [
    &["mail", "relay"],
    &["mail", "dkim"],
    &["bounce", "oauth"],
    &["bounce", "hooks"],
    &["bounce", "hooks", "ses"],
    &["bounce", "hooks", "postmark"],
    &["bounce", "hooks", "sendgrid"],
    &["bounce", "hooks", "mailgun"],
    &["bounce", "hooks", "brevo"],
    &["bounce", "hooks", "mailjet"],
    &["bounce", "hooks", "resend"],
    &["bounce", "hooks", "sparkpost"],
];

/// An option as the manual calls it: `[mail] from`, `[[mail.relay]] url`.
pub(super) fn option(path: &[Step]) -> String {
    let keys: Vec<&str> =
        path.iter().filter_map(|step| if let Step::Key(key) = step { Some(&**key) } else { None }).collect();
    let inner = INNER_TABLES.iter().filter(|table| keys.starts_with(table));
    let depth = inner.map(|table| table.len()).max().unwrap_or(1);
    let (table, rest) = keys.split_at(depth.min(keys.len()));
    let is_list = matches!(path.get(table.len()), Some(Step::Item(_)));
    let table = header(table, is_list);
    let name = if rest.is_empty() { table } else { format!("{table} {}", rest.join(".")) };
    text::quoted(&name)
}

/// A table as the file has it: `[mail]`, `[[mail.relay]]`.
pub(super) fn header(table: &[&str], is_list: bool) -> String {
    if is_list { format!("[[{}]]", table.join(".")) } else { format!("[{}]", table.join(".")) }
}

/// One thing that is wrong: a sentence that names the place (file and line, or the variable), the option, what is wrong
/// with it and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    pub origin: Option<Origin>,
    /// As in `[mail] from`; none of what is no option's fault.
    pub option: Option<String>,
    pub said: String,
    file: String,
}

impl Complaint {
    /// Of the whole file.
    pub(super) fn of_file(file: &str, origin: Option<Origin>, said: impl Into<String>) -> Self {
        Self { origin, option: None, said: said.into(), file: file.to_owned() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(Origin::Line(line)) => write!(f, "{}, line {line}: ", self.file)?,
            Some(Origin::Variable(name)) => write!(f, "the environment variable {name}: ")?,
            None => write!(f, "{}: ", self.file)?,
        }
        match &self.option {
            Some(option) => write!(f, "{option}: {}", self.said),
            None => f.write_str(&self.said),
        }
    }
}

/// What is known of all values of one configuration, and what is wrong with them so far.
pub(super) struct Origins {
    /// What complaints call the file.
    file: String,
    places: BTreeMap<Vec<Step>, Origin>,
    /// Whose values were wrong: something else stands in for them, so nothing can be said of that.
    wrong: BTreeSet<Vec<Step>>,
    /// What is no TOML: what stands around it may be misread.
    garbled: BTreeSet<Origin>,
    complaints: Vec<Complaint>,
}

impl Origins {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            places: BTreeMap::new(),
            wrong: BTreeSet::new(),
            garbled: BTreeSet::new(),
            complaints: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, path: Vec<Step>, origin: Origin) {
        self.places.insert(path, origin);
    }

    /// Forgets what was known of a value and all within it.
    pub(super) fn forget(&mut self, path: &[Step]) {
        self.places.retain(|other, _| !other.starts_with(path));
    }

    /// Where the value stands; of one that nobody gave, where that stands which it belongs to.
    pub(super) fn of(&self, path: &[Step]) -> Option<&Origin> {
        (0..=path.len()).rev().find_map(|length| self.places.get(&path[..length]))
    }

    pub(super) fn knows(&self, path: &[Step]) -> bool {
        self.places.contains_key(path)
    }

    /// Says what is wrong with a value.
    pub(super) fn complain(&mut self, path: Vec<Step>, said: impl Into<String>) {
        let is_garbled = self.of(&path).is_some_and(|origin| self.garbled.contains(origin));
        if !is_garbled {
            self.complain_in(&path, said);
        }
        self.wrong.insert(path);
    }

    /// Says that a value is missing.
    pub(super) fn complain_of_missing(&mut self, path: Vec<Step>, said: impl Into<String>) {
        // It may stand where nobody could read it.
        if self.garbled.is_empty() {
            self.complain_in(&path, said);
        }
        self.wrong.insert(path);
    }

    fn complain_in(&mut self, path: &[Step], said: impl Into<String>) {
        self.complaints.push(Complaint {
            origin: self.of(path).cloned(),
            option: (!path.is_empty()).then(|| option(path)),
            said: said.into(),
            file: self.file.clone(),
        });
    }

    /// Of what is no TOML.
    pub(super) fn complain_of_syntax(&mut self, origin: Origin, said: impl Into<String>) {
        // Of one mistake several things may be said: the first says it best.
        if self.garbled.insert(origin.clone()) {
            self.complain_of(Some(origin), said);
        }
    }

    pub(super) fn is_garbled(&self) -> bool {
        !self.garbled.is_empty()
    }

    /// The same without an option.
    pub(super) fn complain_of(&mut self, origin: Option<Origin>, said: impl Into<String>) {
        self.complaints.push(Complaint::of_file(&self.file, origin, said));
    }

    /// Whether the value, something within it or what it is within was wrong.
    pub(super) fn is_wrong(&self, path: &[Step]) -> bool {
        self.is_garbled() || self.wrong.iter().any(|wrong| wrong.starts_with(path) || path.starts_with(wrong))
    }

    pub(super) fn count(&self) -> usize {
        self.complaints.len()
    }

    /// By their places, each once.
    pub(super) fn into_complaints(mut self) -> Vec<Complaint> {
        self.complaints.sort_by(|a, b| (a.origin.is_none(), a).cmp(&(b.origin.is_none(), b)));
        self.complaints.dedup();
        self.complaints
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_called_as_in_the_manual() {
        for (given, name) in [
            ("mail.from", "[mail] from"),
            ("mail", "[mail]"),
            ("source.1.url", "[[source]] url"),
            ("source.1", "[[source]]"),
            ("mail.relay.0.password", "[[mail.relay]] password"),
            ("mail.dkim.selector", "[mail.dkim] selector"),
            ("fetch.allowed_hosts.2", "[fetch] allowed_hosts"),
            ("mail.domain_rates.example", "[mail] domain_rates.example"),
        ] {
            assert_eq!(option(&path(given)), name);
        }
    }

    #[test]
    fn what_nobody_gave_stands_where_it_belongs() {
        let mut origins = Origins::new("kalends.toml");
        origins.note(path("mail"), Origin::Line(3));
        origins.note(path("mail.from"), Origin::Variable("KALENDS_MAIL__FROM".into()));
        assert_eq!(origins.of(&path("mail.reply_to")), Some(&Origin::Line(3)));
        origins.complain(path("mail.from"), "no");
        origins.complain(path("mail.outbox"), "no");
        let said: Vec<String> = origins.into_complaints().iter().map(Complaint::to_string).collect();
        let right =
            ["kalends.toml, line 3: [mail] outbox: no", "the environment variable KALENDS_MAIL__FROM: [mail] from: no"];
        assert_eq!(said, right);
    }
}
