//! A feed that is watched: those of its items that are new, or otherwise than they were.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::follow::{self, MOST_PAGES, MOST_TRIES};
use super::{Came, Look, Piece, Reader, Reading, Watched, aside, hashed, named};
use crate::config::SourceConfig;
use crate::domain::html::escaped;
use crate::domain::proposal::Proposal;
use crate::domain::text::clip;
use crate::domain::watch::{Seen, SeenText};
use crate::intake::extract::{Called, Document, Form};
use crate::intake::feed::{self, Feed, Item};
use crate::net::fetch::Fetcher;
use crate::source::Error;

/// With so many items and none of them known, it is another feed than it was.
const ANOTHER: usize = 5;
/// As much of a title is kept to know an item by.
const TITLE_CHARS: usize = 300;

pub(super) async fn read(
    reader: Reader,
    source: &SourceConfig,
    fetcher: &Fetcher,
    came: Came,
    seen: Seen,
    now: Timestamp,
) -> Result<Reading, Error> {
    let Came { octets, content_type, address } = came;
    let feed = aside(move || feed::read(&octets, content_type.as_deref(), &address)).await??;
    let Feed { items, left_out, broken } = feed;
    let mut watched = Watched { items: items.len(), ..Watched::default() };
    if let Some(broken) = broken {
        watched.notes.push(format!("{broken}: only the {} items before that are read", items.len()));
    }
    if left_out > 0 {
        watched.notes.push(format!("{left_out} items more than {} are not read", items.len()));
    }
    let mut known = known_as(items, &seen.texts);
    let is_another = known.len() >= ANOTHER && known.iter().all(|one| one.before.is_none());
    let is_first = seen.texts.is_empty() && seen.proposals.is_empty();
    for one in &mut known {
        one.is_changed = one.before.as_ref().is_none_or(|before| before.hash != one.text.hash);
        let has_page = source.follow && !one.text.link.is_empty();
        let due = one.before.as_ref().and_then(|before| before.tries);
        one.text.tries = if one.is_changed { Some(0) } else { due }.filter(|_| has_page);
    }
    watched.new = known.iter().filter(|one| one.is_changed).count();
    let due: Vec<_> = known.iter().filter(|one| one.text.tries.is_some()).collect();
    let pages: Vec<_> = due.iter().take(MOST_PAGES).map(|one| (one.text.key.clone(), one.text.link.clone())).collect();
    let mut answers = follow::ask(fetcher, &pages, reader.today).await;
    let mut waiting = due.len().saturating_sub(MOST_PAGES);
    let mut failed = Vec::new();
    let mut to_read = Vec::new();
    for one in &mut known {
        let mut page = None;
        match answers.remove(&one.text.key) {
            Some(Some(Ok(document))) => {
                one.text.tries = None;
                page = Some(document);
            }
            Some(Some(Err(error))) => {
                failed.push(format!("“{}”: {error}", named(&one.item.title)));
                one.text.tries = one.text.tries.map(|tries| tries + 1).filter(|tries| *tries < MOST_TRIES);
            }
            Some(None) => waiting += 1,
            None => {}
        }
        if one.is_changed || page.is_some() {
            to_read.push((one.text.key.clone(), std::mem::take(&mut one.item), page));
        }
    }
    if waiting > 0 {
        watched.notes.push(format!("{waiting} pages that items link to wait for the next look"));
    }
    if let Some(first) = failed.first() {
        let count = failed.len();
        watched.notes.push(format!("{count} of the pages that items link to could not be read, the first of {first}"));
    }
    watched.is_waiting = waiting > 0 || known.iter().any(|one| one.text.tries.is_some());
    let home = source.url.told();
    let read = move || to_read.into_iter().map(|(key, item, page)| piece(&reader, key, &item, page, &home)).collect();
    let (pieces, texts) = (aside(read).await?, known.into_iter().map(|one| one.text).collect());
    let look = Look { pieces, texts, is_ahead_only: is_first || is_another, old_words: None, now };
    Ok(Reading { look, watched })
}

/// What an item tells, and the page about it.
fn piece(reader: &Reader, key: String, item: &Item, page: Option<Document>, home: &str) -> Piece {
    let url = item.link.as_deref().unwrap_or(home);
    let written = page.as_ref().and_then(|page| page.written).or(item.written);
    let text = format!("<h1>{}</h1>\n{}", escaped(&item.title), item.html);
    let own = Document { text, form: Some(Form::Html), written };
    // The page tells more of the same.
    let mut proposals = page.map(|page| reader.proposals(&Document { written, ..page }, url)).unwrap_or_default();
    for proposal in reader.proposals(&own, url) {
        if !proposals.iter().any(|known| is_same(known, &proposal)) {
            proposals.push(proposal);
        }
    }
    Piece { item: key, proposals }
}

fn is_same(one: &Proposal, other: &Proposal) -> bool {
    let (one, other) = (&one.details, &other.details);
    (one.kind, one.when.start()) == (other.kind, other.when.start())
        && Called::of(one).is_of_the_same_as(Called::of(other))
}

/// An item, and as what it is known here.
struct KnownItem {
    item: Item,
    text: SeenText,
    before: Option<SeenText>,
    is_changed: bool,
}

/// By what the feed calls them; where it calls them otherwise each time, by link or title.
fn known_as(items: Vec<Item>, seen: &[SeenText]) -> Vec<KnownItem> {
    let mut times: HashMap<String, usize> = HashMap::new();
    items.iter().for_each(|item| *times.entry(own_key(item)).or_default() += 1);
    // An id that several items have is none.
    let key = |item: &Item| match own_key(item) {
        key if times.get(&key) == Some(&1) => key,
        key => hashed([&key, link_of(item), &item.title]),
    };
    let keys: Vec<String> = items.iter().map(key).collect();
    let by_key: HashMap<&str, &SeenText> = seen.iter().map(|text| (text.key.as_str(), text)).collect();
    let present: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let absent = || seen.iter().filter(|text| !present.contains(text.key.as_str()));
    let links = only_ones(items.iter().map(link_of), absent().map(|text| (text.link.as_str(), text)));
    let titles: Vec<String> = items.iter().map(|item| clip(&item.title, TITLE_CHARS)).collect();
    let by_title = only_ones(titles.iter().map(String::as_str), absent().map(|text| (text.title.as_str(), text)));
    let mut taken = HashSet::new();
    let mut known = Vec::new();
    for ((item, key), title) in items.iter().zip(&keys).zip(&titles) {
        let found =
            by_key.get(key.as_str()).or_else(|| links.get(link_of(item))).or_else(|| by_title.get(title.as_str()));
        let before = found.filter(|before| !taken.contains(&before.key)).map(|before| (*before).clone());
        let key = before.as_ref().map_or(key, |before| &before.key).clone();
        // The very same once more says nothing more.
        if taken.insert(key.clone()) {
            let hash = hashed([item.title.as_str(), item.html.as_str()]);
            let text = SeenText { key, link: link_of(item).to_owned(), title: title.clone(), hash, tries: None };
            known.push(KnownItem { item: item.clone(), text, before, is_changed: false });
        }
    }
    known
}

fn own_key(item: &Item) -> String {
    match (&item.id, &item.link) {
        (Some(id), _) => hashed(["id", id]),
        (None, Some(link)) => hashed(["link", link, &item.title]),
        (None, None) => hashed(["title", &item.title]),
    }
}

fn link_of(item: &Item) -> &str {
    item.link.as_deref().unwrap_or_default()
}

/// What was seen under a word that but one item has now, and but one had.
fn only_ones<'a>(
    now: impl Iterator<Item = &'a str>,
    before: impl Iterator<Item = (&'a str, &'a SeenText)>,
) -> HashMap<&'a str, &'a SeenText> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    now.for_each(|word| *times.entry(word).or_default() += 1);
    let mut found: HashMap<&str, Vec<&SeenText>> = HashMap::new();
    before.for_each(|(word, text)| found.entry(word).or_default().push(text));
    let is_only = |word: &str| !word.is_empty() && times.get(word) == Some(&1);
    found
        .into_iter()
        .filter(|(word, texts)| is_only(word) && texts.len() == 1)
        .map(|(word, texts)| (word, texts[0]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, link: &str, title: &str) -> Item {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Item { id: some(id), link: some(link), title: title.to_owned(), ..Item::default() }
    }

    /// Which of those seen before each is, by its place.
    fn known(before: &[Item], now: &[Item]) -> Vec<Option<usize>> {
        let seen: Vec<_> = known_as(before.to_vec(), &[]).into_iter().map(|one| one.text).collect();
        let known = known_as(now.to_vec(), &seen);
        known
            .iter()
            .map(|one| seen.iter().position(|text| Some(&text.key) == one.before.as_ref().map(|it| &it.key)))
            .collect()
    }

    #[test]
    fn an_item_is_known_by_its_id_and_where_that_changes_by_its_link_or_title() {
        let (a, b) = (item("1", "https://x.org/a", "A"), item("2", "https://x.org/b", "B"));
        assert_eq!(known(&[a.clone(), b.clone()], &[b.clone(), a.clone()]), [Some(1), Some(0)]);
        assert_eq!(known(std::slice::from_ref(&a), &[item("1", "https://x.org/c", "C")]), [Some(0)]);
        assert_eq!(known(&[a.clone(), b.clone()], &[item("9", "https://x.org/b", "Bee")]), [Some(1)]);
        assert_eq!(known(&[a.clone(), b.clone()], &[item("9", "https://x.org/?s=9", "B")]), [Some(1)]);
        assert_eq!(known(std::slice::from_ref(&a), &[item("9", "", "Other")]), [None]);
        // One link or id for all is none.
        let all = |id: &str| [item(id, "https://x.org/", "A"), item(id, "https://x.org/", "B")];
        assert_eq!(known(&all("1"), &all("1")), [Some(0), Some(1)]);
        assert_eq!(
            known(&all("1")[..1], &[item("7", "https://x.org/", "C"), item("8", "https://x.org/", "D")]),
            [None, None]
        );
        // Twice the same is once.
        assert_eq!(known(&[], &[a.clone(), a]).len(), 1);
    }
}
