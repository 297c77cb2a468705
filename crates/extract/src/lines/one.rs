//! Lines that together tell of one thing: a name, its day, its fields.

use super::{MOST_FIELDS, begins_with_time, bullet, field, is_labelled};
use crate::block::{Block, Cell, Role};
use crate::language::Place;
use crate::text::single_line;

/// Two to a few lines, one of which is a day with its time and place or all of which are fields: they tell of one thing.
pub fn one_thing(group: &[&str], places: &[Option<Place>], begins_at: usize) -> Option<Vec<Block>> {
    if !(2..=MOST_FIELDS).contains(&group.len()) || group.iter().any(|line| bullet(line).is_some()) {
        return None;
    }
    // A day over hours is that of many things.
    let tells = |word: &str| word.chars().filter(|c| c.is_lowercase()).count() >= 3;
    if group.iter().any(|line| begins_with_time(line) && line.split_whitespace().any(tells)) {
        return None;
    }
    let dated: Vec<usize> = (0..group.len()).filter(|at| places[*at].is_some()).collect();
    let [day, others @ ..] = dated.as_slice() else { return None };
    if !others.is_empty() {
        return name_over_day(group, places, *day, others, begins_at);
    }
    // The first may be the name of what the fields tell of.
    let cell = |at: usize| {
        let is_name = at == 0
            && *day > 0
            && is_when(group[*day])
            && group[0].trim().contains(' ')
            && group[0].trim().chars().count() < 100;
        field(group[at]).or_else(|| is_name.then(|| Cell { head: String::new(), text: group[0].to_owned() }))
    };
    let fields: Option<Vec<Cell>> = (0..group.len()).map(cell).collect();
    let text = group.join(" ");
    if let Some(cells) = fields.filter(|cells| cells.len() >= 2 && is_labelled(places[*day])) {
        return Block::of_cells(cells, &text, begins_at).map(|one| vec![one]);
    }
    let are_short = group.iter().all(|line| line.trim().chars().count() < 100);
    let others = || (0..group.len()).filter(|at| at != day).map(|at| group[at].trim());
    let is_named = others().any(|line| line.contains(char::is_alphabetic));
    let is_alone = places[*day] == Some(Place::Alone) && group.len() <= 4 && are_short && is_named;
    (is_alone && others().all(|line| !line.ends_with(',') && !line.ends_with('.'))).then(|| {
        let cells = group.iter().map(|line| Cell { head: String::new(), text: (*line).to_owned() }).collect();
        Some(vec![Block::of_cells(cells, &text, begins_at)?])
    })?
}

/// A name, its day, and what is told below of it: `Survey training`, `26 October, 8:30 am`, `Register by 21 October`.
fn name_over_day(
    group: &[&str],
    places: &[Option<Place>],
    day: usize,
    others: &[usize],
    begins_at: usize,
) -> Option<Vec<Block>> {
    let are_short = group.iter().all(|line| line.trim().chars().count() < 100 && !line.trim().ends_with('.'));
    let is_it = day == 1 && places[day] == Some(Place::Alone) && group.len() <= MOST_FIELDS && are_short;
    if !is_it || others.iter().any(|at| places[*at] == Some(Place::Alone)) {
        return None;
    }
    let own = (0..group.len()).filter(|at| !others.contains(at));
    let cells = own.map(|at| Cell { head: String::new(), text: group[at].to_owned() }).collect();
    let thing = Block::of_cells(cells, &group[..=day].join(" "), begins_at)?;
    let rest = others.iter().filter_map(|at| {
        // `$20   |   Register by 10/21`
        let line = group[*at].rsplit('|').next().unwrap_or_default();
        Some(Block { head: single_line(group[0]), ..Block::of(Role::Item, line, begins_at + at)? })
    });
    Some([thing].into_iter().chain(rest).collect())
}

/// Labels of a day and nothing more.
const WHEN: &[&str] = &["when", "date", "dates", "time", "date and time", "date & time", "day"];

/// Whether a line's label says that its day is when the thing is.
fn is_when(line: &str) -> bool {
    field(line).is_some_and(|cell| WHEN.contains(&cell.head.to_lowercase().as_str()))
}

/// `When: …`, `Where: …` and other fields below a name, some with a date of their own: the first two tell of the thing, the
/// others of what belongs to it.
pub fn fields_of_one(group: &[&str], places: &[Option<Place>], begins_at: usize) -> Option<Vec<Block>> {
    let fields: Vec<Option<Cell>> = group.iter().map(|line| field(line)).collect();
    let when = (0..group.len()).find(|at| is_when(group[*at]) && places[*at].is_some())?;
    let are_short = group.iter().all(|line| line.trim().chars().count() < 120);
    // `Title: Safety for planners` among fields alone
    const TITLES: &[&str] = &["title", "event", "what", "course", "subject", "topic", "name"];
    let titled = fields.iter().flatten().find(|cell| TITLES.contains(&cell.head.to_lowercase().as_str()));
    let titled = titled.filter(|_| fields.iter().all(Option::is_some)).map(|cell| cell.text.clone());
    let is_named = are_short && (when > 0 && places[0].is_none() || titled.is_some());
    let (mut own, mut others) = (Vec::new(), Vec::new());
    let is_titled = titled.is_some();
    let name = titled.unwrap_or_else(|| single_line(group[0]));
    for (at, line) in group.iter().enumerate() {
        match &fields[at] {
            // `Webinar: Reading a declaration` is a name, too.
            _ if at == 0 && !is_titled => own.push(Cell { head: String::new(), text: name.clone() }),
            _ if at != when && places[at].is_some() => {
                let item = Block::of(Role::Item, line, begins_at + at)?;
                others.push(Block { head: name.clone(), ..item });
            }
            Some(cell) => own.push(cell.clone()),
            None => {}
        }
    }
    if !is_named || others.is_empty() || group.len() > MOST_FIELDS {
        return None;
    }
    let text = group.iter().enumerate().filter(|(at, _)| *at <= when).map(|(_, line)| *line).collect::<Vec<_>>();
    let thing = Block::of_cells(own, &text.join(" "), begins_at)?;
    Some([thing].into_iter().chain(others).collect())
}
