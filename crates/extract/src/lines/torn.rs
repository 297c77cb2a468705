//! Lines as they were before a program tore them apart or glued them together.

use super::place;
use crate::language::Place;

/// Lines as they were.
pub struct Mended {
    pub lines: Vec<String>,
    /// How many above them went.
    pub skipped: usize,
    /// How the first of them are read, and how they stand in the text, where that differs.
    pub told: Option<(String, String)>,
}

/// The lines as they were, if these were torn.
pub fn mended(group: &[&str]) -> Option<Mended> {
    let with_kind = || {
        let lines = with_kind(group)?;
        let told = Some((lines[0].clone(), format!("{} {}", group[0], group[1])));
        Some(Mended { lines, skipped: 1, told })
    };
    let unglued = || Some(Mended { lines: unglued(group)?, skipped: 0, told: None });
    let without_leaf = || {
        let (lines, is_turned) = without_leaf(group)?;
        let told = match lines.as_slice() {
            [name, day, ..] if is_turned => Some((format!("{name} {day}"), format!("{day} {name}"))),
            _ => None,
        };
        Some(Mended { skipped: group.len() - lines.len(), lines, told })
    };
    with_kind().or_else(unglued).or_else(without_leaf)
}

/// The leaf of a calendar, a month over a day, as one line below the name; where a line below tells the date in full, it is
/// left out.
fn without_leaf(group: &[&str]) -> Option<(Vec<String>, bool)> {
    let (month, day) = (group.first()?.trim(), group.get(1)?.trim());
    let is_word = month.len() <= 9 && month.chars().all(char::is_alphabetic);
    let is_day = day.len() <= 7
        && day.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '–'))
        && day.starts_with(|c: char| c.is_ascii_digit());
    let rest = group.get(2..).filter(|rest| is_word && is_day && !rest.is_empty())?;
    let leaf = format!("{month} {day}");
    if place(&leaf) != Some(Place::Alone) {
        return None;
    }
    let is_told = rest.iter().any(|line| place(line) == Some(Place::Alone));
    let leaf = (!is_told).then_some(leaf);
    let is_turned = leaf.is_some();
    let (name, below) = rest.split_first()?;
    let lines = [(*name).to_owned()].into_iter().chain(leaf).chain(below.iter().map(|line| (*line).to_owned()));
    Some((lines.collect(), is_turned))
}

/// A table whose marks were lost with the space around them: `WorkshopsSeptember 9, 2021October 7, 2021`.
fn unglued(group: &[&str]) -> Option<Vec<String>> {
    let cuts = |line: &str| -> Vec<usize> {
        let octets = line.as_bytes();
        let begins = (1..octets.len()).filter(|at| {
            octets[*at].is_ascii_uppercase() && (octets[at - 1].is_ascii_lowercase() || octets[at - 1].is_ascii_digit())
        });
        begins.filter(|at| line.get(*at..).is_some_and(begins_with_day)).collect()
    };
    let cut: Vec<Vec<usize>> =
        group.iter().map(|line| if line.len() < 300 { cuts(line) } else { Vec::new() }).collect();
    cut.iter().any(|cuts| !cuts.is_empty()).then(|| {
        let parted = |line: &str, cuts: &[usize]| {
            let mut parted = line.to_owned();
            cuts.iter().rev().for_each(|at| parted.insert_str(*at, "  "));
            parted
        };
        group.iter().zip(&cut).map(|(line, cuts)| parted(line, cuts)).collect()
    })
}

/// `September 9, …`
fn begins_with_day(text: &str) -> bool {
    let mut words = text.split(' ');
    let (Some(month), Some(day)) = (words.next(), words.next()) else { return false };
    let day = day.trim_end_matches(',');
    month.len() >= 3
        && month.chars().all(char::is_alphabetic)
        && (1..=2).contains(&day.len())
        && day.bytes().all(|octet| octet.is_ascii_digit())
        && place(&format!("{month} {day}")) == Some(Place::Alone)
}

/// `Webinar` over a name over its day: both are the name.
fn with_kind(group: &[&str]) -> Option<Vec<String>> {
    let [kind, name, day, rest @ ..] = group else { return None };
    let (kind, name) = (kind.trim(), name.trim());
    let is_word = kind.len() <= 12 && kind.chars().all(char::is_alphabetic) && kind.starts_with(char::is_uppercase);
    let is_name = place(name).is_none() && name.contains(' ') && name.len() < 100 && !name.ends_with(['.', ',', ':']);
    (is_word && is_name && place(day) == Some(Place::Alone)).then(|| {
        // Buttons below it say nothing.
        let is_button = |line: &&&str| {
            ["free", "register", "more", "details", "book now"].contains(&line.trim().to_lowercase().as_str())
        };
        let rest = rest.iter().filter(|line| !is_button(line));
        [format!("{kind}: {name}")]
            .into_iter()
            .chain([day].into_iter().chain(rest).map(|line| (*line).to_owned()))
            .collect()
    })
}
