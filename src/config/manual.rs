//! The options there are, as `config/kalends.toml` has them, each with its default.

use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::origin::INNER_TABLES;
use super::tree::EXAMPLES;
use super::{Config, TEMPLATE};

/// An option as its table and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub table: Vec<String>,
    pub key: String,
    /// In TOML; none if nothing is in force where nobody says anything.
    pub default: Option<String>,
}

/// What the manual tells beside another option only.
const ALSO: [(&[&str], &str); 1] = [(&["mail", "relay"], "password")];

/// In the manual's order.
pub(super) static OPTIONS: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let text: Vec<&str> = TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect();
    let text = text.join("\n");
    let (manual, _) = DeTable::parse_recoverable(&text);
    let manual = DeValue::Table(manual.into_inner());
    let mut given = given(&manual);
    given.sort_by_key(|given| given.value.span().start);
    let mut options: Vec<Known> = given
        .iter()
        .map(|given| {
            let value = text.get(given.value.span()).filter(|value| is_default(&given.table, given.key, value));
            Known { table: owned(&given.table), key: given.key.to_owned(), default: value.map(str::to_owned) }
        })
        .collect();
    for (table, key) in ALSO {
        let behind = options.iter().rposition(|known| known.table == table).map_or(options.len(), |last| last + 1);
        options.insert(behind, Known { table: owned(table), key: key.to_owned(), default: None });
    }
    options
});

/// Whether it comes to the same if the option is left out.
fn is_default(table: &[&str], key: &str, value: &str) -> bool {
    let header = if is_list(table) { format!("[[{}]]", table.join(".")) } else { format!("[{}]", table.join(".")) };
    let is_needed = EXAMPLES.iter().any(|(keys, _)| *keys == [table, &[key]].concat());
    let needed_lines: String = EXAMPLES
        .iter()
        .filter_map(|(keys, example)| match keys.strip_prefix(table)? {
            [name] => Some(format!("{name} = \"{example}\"\n")),
            _ => None,
        })
        .collect();
    let meaning = |more: &str| {
        let config: Config = toml::from_str(&format!("{header}\n{needed_lines}{more}")).ok()?;
        Some(format!("{config:?}"))
    };
    let meant = if is_needed { None } else { meaning(&format!("{key} = {value}\n")) };
    meant.is_some() && meant == meaning("")
}

/// Whether there may be several of the table. One key for DKIM is a table, several are a list.
pub(super) fn is_list(table: &[&str]) -> bool {
    [&["source"][..], &["digest"], &["webhook"], &["mail", "relay"]].contains(&table)
}

/// An option that was given.
pub(super) struct Given<'a, 't> {
    pub table: Vec<&'a str>,
    /// The table's place in its list, from 0.
    pub item: Option<usize>,
    pub key: &'a str,
    pub value: &'a Spanned<DeValue<'t>>,
}

/// All options in a configuration.
pub(super) fn given<'a, 't>(root: &'a DeValue<'t>) -> Vec<Given<'a, 't>> {
    let mut found = Vec::new();
    for (name, value) in root.as_table().into_iter().flatten() {
        tables(vec![name.get_ref()], value, &mut found);
    }
    found
}

/// Those of a table, or of all tables of a list.
fn tables<'a, 't>(table: Vec<&'a str>, value: &'a Spanned<DeValue<'t>>, found: &mut Vec<Given<'a, 't>>) {
    let items: Vec<(Option<usize>, &DeTable<'t>)> = match value.get_ref() {
        DeValue::Table(options) => vec![(None, options)],
        DeValue::Array(items) => {
            let tables = items.iter().enumerate().filter_map(|(at, item)| Some((Some(at), item.get_ref().as_table()?)));
            tables.collect()
        }
        _ => Vec::new(),
    };
    for (item, options) in items {
        for (key, value) in options {
            let key: &str = key.get_ref();
            let inner = [&table[..], &[key]].concat();
            match INNER_TABLES.contains(&&inner[..]) {
                true => tables(inner, value, found),
                false => found.push(Given { table: table.clone(), item, key, value }),
            }
        }
    }
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::meant::slips;

    #[test]
    fn the_manual_leaves_no_option_out() {
        // What serde knows of each table, it tells when it is asked for another.
        let first_floor = toml::from_str::<Config>("what = 1").unwrap_err();
        let mut tables = ticked(first_floor.message(), "expected one of");
        tables.extend(INNER_TABLES.iter().map(|inner| inner.join(".")));
        for table in &tables {
            let header = if is_list(&table.split('.').collect::<Vec<_>>()) {
                format!("[[{table}]]")
            } else {
                format!("[{table}]")
            };
            let error = toml::from_str::<Config>(&format!("{header}\nwhat = 1")).unwrap_err();
            let named: Vec<&str> = table.split('.').collect();
            for key in ticked(error.message(), "expected ") {
                let is_table = INNER_TABLES.contains(&&[&named[..], &[&key]].concat()[..]);
                let is_there = OPTIONS.iter().any(|known| known.table == named && known.key == key);
                assert!(is_table || is_there, "{header} {key} is not in config/kalends.toml");
            }
        }
    }

    /// What stands in backticks behind some words.
    fn ticked(text: &str, behind: &str) -> Vec<String> {
        let list = text.split_once(behind).unwrap_or_else(|| panic!("{text}")).1;
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn what_has_no_default_is_nothing_if_nobody_says_it() {
        for (header, needed) in [
            ("", ""),
            ("[[mail.relay]]", "url = \"smtp://localhost\""),
            ("[[digest]]", "slug = \"weekly\"\nschedule = \"0 8 * * 1\""),
            ("[[source]]", "url = \"https://example.org/\""),
            ("[mail.dkim]", "selector = \"k\"\nkey_file = \"k\""),
            ("[bounce.hooks.ses]", ""),
            ("[bounce.hooks.sendgrid]", ""),
            ("[bounce.hooks.mailgun]", ""),
            ("[bounce.hooks.postmark]", ""),
            (
                "[bounce.oauth]",
                "token_url = \"https://example.org/\"\nclient_id = \"k\"\nclient_secret_file = \"k\"\nscope = \"k\"",
            ),
            ("[[webhook]]", "name = \"chat\"\nurl = \"https://example.org/\""),
        ] {
            let config: Config = toml::from_str(&format!("{header}\n{needed}")).unwrap();
            let debug = format!("{config:#?}");
            let table: Vec<&str> = header.trim_matches(['[', ']']).split('.').collect();
            for known in OPTIONS.iter().filter(|known| known.default.is_none()) {
                let is_here = known.table == table || header.is_empty() && !is_list(&refs(&known.table));
                let is_of_nobody = header.is_empty() && known.table.len() > 1;
                if !is_here || is_of_nobody || needed.contains(&known.key) {
                    continue;
                }
                let key = &known.key;
                let nothing = ["None", "\"\"", "{}", "[]"];
                let is_nothing = nothing.iter().any(|nothing| {
                    [key.clone(), format!("given_{key}")]
                        .iter()
                        .any(|key| debug.contains(&format!("{key}: {nothing},")))
                });
                assert!(is_nothing, "{header} {key} has a default that config/kalends.toml does not tell:\n{debug}");
            }
        }
    }

    #[test]
    fn every_slip_in_an_option_or_a_table_names_the_one_that_was_meant() {
        let said = |header: &str, line: &str| {
            let text = format!("{header}\n{line}\n");
            Config::parse("kalends.toml", &text, Vec::new()).map_or_else(|error| error.to_string(), |_| String::new())
        };
        let mut tables: Vec<Vec<&str>> = OPTIONS.iter().map(|known| refs(&known.table)).collect();
        tables.dedup();
        let mut count = 0;
        for table in &tables {
            let header = super::super::origin::header(table, is_list(table));
            let inner = INNER_TABLES.iter().filter(|inner| inner.len() == table.len() + 1 && inner.starts_with(table));
            let options = OPTIONS.iter().filter(|known| refs(&known.table) == *table).map(|known| known.key.as_str());
            let known: Vec<&str> = options.chain(inner.map(|inner| inner[table.len()])).collect();
            for word in &known {
                for slip in slips::clear(word, &known) {
                    let said = said(&header, &format!("{slip} = 1"));
                    assert!(asked(&said).contains(&format!("`{word}`")), "{header} {slip}: {said}");
                    count += 1;
                }
            }
        }
        let mut first_floor: Vec<&str> = tables.iter().map(|table| table[0]).collect();
        first_floor.dedup();
        for word in &first_floor {
            for slip in slips::clear(word, &first_floor) {
                let said = said(&format!("[{slip}]"), "");
                assert!(asked(&said).contains(&format!("`{word}`")), "[{slip}]: {said}");
                count += 1;
            }
        }
        assert!(count > 2500, "{count}");
    }

    /// What is between `did you mean` and the question mark.
    fn asked(said: &str) -> &str {
        said.split_once("(did you mean ").and_then(|(_, rest)| rest.split_once("?)")).map_or("", |(words, _)| words)
    }

    fn refs(keys: &[String]) -> Vec<&str> {
        keys.iter().map(String::as_str).collect()
    }
}
