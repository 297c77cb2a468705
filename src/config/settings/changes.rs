//! What is different in another configuration.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Setting, Settings, place};
use crate::domain::text;

/// What the daemon opens at its start and keeps.
const KEPT: [(&str, &str); 4] =
    [("[database]", "url"), ("[http]", "listen"), ("[metrics]", "listen"), ("[bounce]", "listen")];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// As in `[mail] from`, `[[digest]] weekly schedule`; of a table that came or went, `[[digest]] weekly`.
    pub option: String,
    pub what: Changed,
}

/// Values are in TOML; none are not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    Value {
        old: Option<String>,
        new: Option<String>,
    },
    /// Something that is not shown.
    Secret,
    /// The file has the same name, and other things stand in it.
    Content,
    /// A table of a list that was not there.
    Added,
    Removed,
}

impl Change {
    /// Whether it can't be taken over while the daemon runs.
    pub fn takes_a_new_start(&self) -> bool {
        is_kept(&self.option)
    }
}

fn is_kept(option: &str) -> bool {
    KEPT.iter().any(|(table, key)| option == format!("{table} {key}"))
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = &self.option;
        match &self.what {
            Changed::Value { old, new } => write!(f, "{option}: {} → {}", told(old.as_deref()), told(new.as_deref())),
            Changed::Secret => write!(f, "{option}: changed, and is not shown"),
            Changed::Content => write!(f, "{option}: what stands in the file changed"),
            Changed::Added => write!(f, "{option}: is new"),
            Changed::Removed => write!(f, "{option}: is no longer there"),
        }
    }
}

/// A value in a sentence.
fn told(value: Option<&str>) -> String {
    const MOST: usize = 100;
    let Some(value) = value else { return "not set".into() };
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => format!("“{}”", text::clip(inner, MOST)),
        None => text::clip(value, MOST),
    }
}

impl Settings {
    /// What is different in the new ones. Secrets and files are compared if both were read by this process.
    pub fn changes(old: &Self, new: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        for setting in new.in_force() {
            match old.find(setting) {
                Some(before) => changes.extend(changed(before, setting).map(|what| (setting.name(), what))),
                None if setting.item.is_some() && !old.has_table(setting) => {
                    changes.push((setting.place(), Changed::Added));
                }
                None if setting.value.is_some() => {
                    changes.push((setting.name(), Changed::Value { old: None, new: setting.value.clone() }));
                }
                None => {}
            }
        }
        for setting in old.in_force().filter(|setting| new.find(setting).is_none()) {
            match setting.item.is_some() && !new.has_table(setting) {
                true => changes.push((setting.place(), Changed::Removed)),
                false if setting.value.is_some() => {
                    changes.push((setting.name(), Changed::Value { old: setting.value.clone(), new: None }));
                }
                false => {}
            }
        }
        changes.dedup();
        changes.into_iter().map(|(option, what)| Change { option, what }).collect()
    }

    /// Has again what a daemon that started with `old` opened at its start.
    pub fn keep_from_start(&mut self, old: &Self) {
        for kept in old.list.iter().filter(|setting| is_kept(&setting.name())) {
            self.list.iter_mut().filter(|setting| setting.name() == kept.name()).for_each(|new| *new = kept.clone());
        }
    }

    fn in_force(&self) -> impl Iterator<Item = &Setting> {
        self.list.iter().filter(|setting| !setting.is_of_empty_list())
    }

    fn find(&self, wanted: &Setting) -> Option<&Setting> {
        self.in_force().find(|setting| setting.key == wanted.key && is_beside(setting, wanted))
    }

    fn has_table(&self, wanted: &Setting) -> bool {
        self.in_force().any(|setting| is_beside(setting, wanted))
    }
}

/// Whether both are of the same table.
fn is_beside(a: &Setting, b: &Setting) -> bool {
    place(&a.table, a.item.as_deref()) == place(&b.table, b.item.as_deref())
}

fn changed(old: &Setting, new: &Setting) -> Option<Changed> {
    let differs = |a: Option<_>, b: Option<_>| a.is_some() && b.is_some() && a != b;
    if old.value != new.value {
        return Some(Changed::Value { old: old.value.clone(), new: new.value.clone() });
    }
    if old.is_secret != new.is_secret || differs(old.fingerprint, new.fingerprint) {
        return Some(Changed::Secret);
    }
    differs(old.content, new.content).then_some(Changed::Content)
}
