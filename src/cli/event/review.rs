//! `kalends event review`: the drafts one after the other, a key each.

use super::answer::told_to_readers;
use super::args::FilterArgs;
use super::form;
use crate::cli::keys::{Key, Keys, are_there};
use crate::cli::output::{note, print};
use crate::cli::question;
use crate::cli::saying::{Saying, when_in_words};
use crate::cli::style::Style;
use crate::cli::width::{lines, width};
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::event::{Details, Event, EventPatch};
use crate::domain::text;
use crate::domain::wording::count;
use crate::intake::extract::has_guessed_year;
use crate::office::{Act, Aim, Selection};

/// How wide a draft is shown, at most.
const WIDEST: usize = 100;
/// How much of its words is shown, in characters.
const SHOWN_CHARS: usize = 600;

const KEYS: &str = "[p]ublish  [e]dit  [t]opics  [d]rop  [s]kip  [u]ndo  [q]uit";

/// What becomes of a draft when the walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Publish,
    Drop,
    Skip,
}

/// What can be undone.
enum Step {
    /// At this place of the list.
    Decided(usize),
    /// This is how the draft was before it was changed.
    Changed(usize, Box<Details>),
}

/// How the walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Through,
    Quit,
    Interrupted,
}

struct Walk {
    context: Context,
    drafts: Vec<Event>,
    decisions: Vec<Option<Decision>>,
    steps: Vec<Step>,
    at: usize,
}

pub async fn run(context: Context, filter: &FilterArgs) -> Done {
    if context.out.is_json() || !are_there() {
        return Err(Failure::Usage(
            "drafts are reviewed on a terminal: elsewhere `kalends event list --status draft` shows them, and `kalends event \
             publish` makes them public"
                .into(),
        ));
    }
    let saying = Saying::new(context.office.now(), context.office.zone());
    let filter = filter.filter(&saying, context.office.zone())?;
    saying.tell();
    let selection = Selection { ids: Vec::new(), filter: Some(filter) };
    let mut drafts = context.office.selected(&selection, &Act::Publish).await?;
    if drafts.is_empty() {
        return print("There are no drafts to review.\n");
    }
    drafts.sort_by_key(|draft| (draft.details.when.first_instant(), draft.id));
    let decisions = vec![None; drafts.len()];
    let mut walk = Walk { context, drafts, decisions, steps: Vec::new(), at: 0 };
    let mut keys = Keys::new()?;
    let end = walk.go(&mut keys).await?;
    if end == End::Interrupted && walk.count(Decision::Publish) + walk.count(Decision::Drop) > 0 {
        print(&format!("{} decided. Do it? [Y/n] ", walk.told_decisions()))?;
        let key = keys.next().await;
        print("\n")?;
        if matches!(key, Key::Char('n' | 'N') | Key::Interrupt) {
            return print("Nothing was published, and nothing dropped.\n");
        }
    }
    keys.rest();
    walk.carry_out().await
}

impl Walk {
    async fn go(&mut self, keys: &mut Keys) -> Result<End, Failure> {
        while self.at < self.drafts.len() {
            keys.watch();
            self.show().await?;
            loop {
                print(&format!("{KEYS}  "))?;
                let key = keys.next().await;
                let said = |word: &str| print(&format!("{}\n\n", Style::Bold.paint(word)));
                match key {
                    Key::Char('p') => {
                        said("publish")?;
                        self.decide(Decision::Publish);
                    }
                    Key::Char('d') => {
                        said("drop")?;
                        self.decide(Decision::Drop);
                    }
                    Key::Char('s' | ' ') => {
                        said("skip")?;
                        self.decide(Decision::Skip);
                    }
                    Key::Char('e') => {
                        said("edit")?;
                        keys.rest();
                        self.edit().await?;
                    }
                    Key::Char('t') => {
                        said("topics")?;
                        keys.rest();
                        self.topics().await?;
                    }
                    Key::Char('u') => {
                        said("undo")?;
                        self.undo().await?;
                    }
                    Key::Char('q') => {
                        said("quit")?;
                        return Ok(End::Quit);
                    }
                    Key::End => {
                        print("\n")?;
                        return Ok(End::Quit);
                    }
                    Key::Interrupt => {
                        print("\n")?;
                        return Ok(End::Interrupted);
                    }
                    Key::Char(_) | Key::Other => {
                        print("\r\x1b[K")?;
                        continue;
                    }
                }
                break;
            }
        }
        Ok(End::Through)
    }

    /// The draft, its words, and what to look at twice.
    async fn show(&self) -> Done {
        let draft = &self.drafts[self.at];
        let details = &draft.details;
        let columns = width().unwrap_or(WIDEST).clamp(30, WIDEST);
        let head = format!("Draft {} of {}, event {}", self.at + 1, self.drafts.len(), draft.id);
        let mut said = format!("{}\n", Style::Bold.paint(&head));
        let mut line = |name: &str, value: &str, style: Style| {
            if value.is_empty() {
                return;
            }
            let value = text::cleaned(value).into_owned();
            for (at, part) in lines(&value, columns.saturating_sub(12)).iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                said += &format!("  {name:<10}{}\n", style.paint(part));
            }
        };
        line("When", &when_in_words(&details.when), Style::Bold);
        if has_guessed_year(draft) {
            line("", "the year is a guess: the text says none", Style::Red);
        }
        line("Title", &details.title, Style::Plain);
        line("Kind", details.kind.as_str(), Style::Plain);
        line("Where", &details.location, Style::Plain);
        line("Who", &details.organizer, Style::Plain);
        line("Topics", &details.topics.join("; "), Style::Plain);
        line("Standards", &details.standards.join("; "), Style::Plain);
        line("URL", &details.url, Style::Plain);
        for twin in self.context.office.twins(draft).await? {
            let twin = format!("event {}, {}: {}", twin.id, when_in_words(&twin.details.when), twin.details.title);
            line("Twice?", &twin, Style::Red);
        }
        if !details.description.is_empty() {
            said.push('\n');
            let words = text::cleaned(&text::clip(&details.description, SHOWN_CHARS)).into_owned();
            for paragraph in words.lines().filter(|paragraph| !paragraph.trim().is_empty()) {
                for part in lines(paragraph, columns.saturating_sub(4)) {
                    said += &format!("  {} {part}\n", Style::Dim.paint(">"));
                }
            }
        }
        print(&format!("{said}\n"))
    }

    fn decide(&mut self, decision: Decision) {
        self.decisions[self.at] = Some(decision);
        self.steps.push(Step::Decided(self.at));
        self.at += 1;
    }

    async fn edit(&mut self) -> Done {
        let before = self.drafts[self.at].details.clone();
        match form::edited(&self.context, Aim::at(self.drafts[self.at].id)).await {
            Ok(Some(changed)) => self.changed(before, changed.event),
            Ok(None) => {}
            Err(failure) => note(&format!("error: {failure}")),
        }
        Ok(())
    }

    async fn topics(&mut self) -> Done {
        let draft = &self.drafts[self.at];
        let before = draft.details.clone();
        let prompt = format!("Topics, with ; between them, or + or - before one [{}]: ", before.topics.join("; "));
        let typed = question::line(&prompt, "nothing was published, and nothing dropped")?.unwrap_or_default();
        let patch = match topics(&typed) {
            None => return Ok(()),
            Some(patch) => patch,
        };
        match self.context.office.edit_event(BY, Aim::at(draft.id), &patch).await {
            Ok(changed) => self.changed(before, changed.event),
            Err(error) => note(&format!("error: {}", Failure::from(error))),
        }
        Ok(())
    }

    fn changed(&mut self, before: Details, event: Event) {
        if event.details != before {
            self.steps.push(Step::Changed(self.at, Box::new(before)));
        }
        self.drafts[self.at] = event;
    }

    async fn undo(&mut self) -> Done {
        match self.steps.pop() {
            None => note("There is nothing to undo."),
            Some(Step::Decided(at)) => {
                self.decisions[at] = None;
                self.at = at;
            }
            Some(Step::Changed(at, before)) => {
                let now = &self.drafts[at];
                let patch = EventPatch::between(&now.details, &before).repeating(before.repeat.as_deref());
                match self.context.office.edit_event(BY, Aim::at(now.id), &patch).await {
                    Ok(changed) => self.drafts[at] = changed.event,
                    Err(error) => note(&format!("error: {}", Failure::from(error))),
                }
                self.at = at;
            }
        }
        Ok(())
    }

    fn count(&self, decision: Decision) -> usize {
        self.decisions.iter().filter(|decided| **decided == Some(decision)).count()
    }

    fn told_decisions(&self) -> String {
        let drafts = |n| count(n, "draft", "drafts");
        format!(
            "To publish {} and drop {} is",
            drafts(self.count(Decision::Publish)),
            drafts(self.count(Decision::Drop))
        )
    }

    fn ids(&self, decision: Decision) -> Vec<i64> {
        let decided = self.drafts.iter().zip(&self.decisions);
        decided.filter(|(_, decided)| **decided == Some(decision)).map(|(draft, _)| draft.id).collect()
    }

    /// Does what was decided. What can't be done holds nothing else up.
    async fn carry_out(&self) -> Done {
        let mut done = [0, 0];
        let mut failed = false;
        for (at, (decision, act)) in
            [(Decision::Publish, Act::Publish), (Decision::Drop, Act::Remove)].into_iter().enumerate()
        {
            let ids = self.ids(decision);
            if self.context.office.change_events(BY, &ids, &act, None).await.is_ok() {
                done[at] = ids.len();
                continue;
            }
            for id in ids {
                match self.context.office.change_events(BY, &[id], &act, None).await {
                    Ok(_) => done[at] += 1,
                    Err(error) => {
                        failed = true;
                        note(&format!("error: {}", Failure::from(error)));
                    }
                }
            }
        }
        let left = self.drafts.len() - done[0] - done[1];
        print(&format!("{} published, {} dropped, {left} left.\n", done[0], done[1]))?;
        if let Some(first) = self.ids(Decision::Publish).first().filter(|_| done[0] > 0) {
            let event = self.context.office.event(*first).await;
            if let Ok(shown) = event {
                let told = told_to_readers(&self.context, &shown.event, None).await?;
                self.context.out.show_styled(&format!("{told}\n"))?;
            }
        }
        if failed { Err(Failure::Reported) } else { Ok(()) }
    }
}

/// `a; b` takes the place of all; `+a; -b` comes to them, and goes. None where nothing was typed.
fn topics(typed: &str) -> Option<EventPatch> {
    let words: Vec<&str> = typed.split([';', '；']).map(str::trim).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return None;
    }
    let begins = |mark: char| {
        let marked = words.iter().filter_map(move |word| word.strip_prefix(mark));
        marked.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect::<Vec<_>>()
    };
    Some(match words.iter().all(|word| word.starts_with(['+', '-'])) {
        true => EventPatch { add_topics: begins('+'), remove_topics: begins('-'), ..EventPatch::default() },
        false => {
            let topics = words.iter().map(|word| (*word).to_owned()).collect();
            EventPatch { topics: Some(topics), ..EventPatch::default() }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_typed_anew_or_one_by_one() {
        assert_eq!(topics(" ; "), None);
        let anew = topics("data; smart city").unwrap();
        assert_eq!(anew.topics, Some(vec!["data".to_owned(), "smart city".to_owned()]));
        let changed = topics("+data；-smart city").unwrap();
        assert_eq!(
            (changed.add_topics, changed.remove_topics),
            (vec!["data".to_owned()], vec!["smart city".to_owned()])
        );
    }
}
