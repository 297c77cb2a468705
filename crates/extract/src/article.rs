//! The articles of a text: what stands under one heading, with the day that its byline tells.

use crate::block::{Block, Role};
use crate::language;
use crate::lines::begins_with_time;
use crate::parallel;
use crate::written::{Span, Written};

#[derive(Debug, Default)]
pub struct Article {
    /// Empty if it has none.
    pub heading: String,
    /// The first heading of the text, which stands over all others; empty if this is it.
    pub title: String,
    pub blocks: Vec<Block>,
    /// When it was published, as its byline or the whole text's says it: a day, or the month or year that it is of.
    pub published: Option<Written>,
    /// The day that stands over it: what is told below is on that day.
    pub day: Option<Span>,
    /// The month that stands over it.
    pub month: Option<Written>,
}

/// As much of a heading as anybody looks at, in characters.
const LONGEST_HEADING: usize = 300;

/// Fewer are not worth a thread.
const LEAST_BLOCKS: usize = 1000;

/// Every block but bylines and bare days belongs to an article, headings too.
pub fn articles(blocks: Vec<Block>) -> Vec<Article> {
    let mut articles: Vec<Article> = Vec::new();
    let mut open = Article::default();
    // What a page says of itself holds for all of it, and so does what stands over the first article.
    let mut of_all: Option<Written> = None;
    let mut title = String::new();
    let told = parallel::map(&blocks, LEAST_BLOCKS, |block| {
        let language = language::of(&block.text);
        (language.day(block), language.byline(block))
    });
    let mut blocks = blocks.into_iter().zip(told).peekable();
    let mut over = String::new();
    while let Some((block, (day, byline))) = blocks.next() {
        // A caption's year is that of the rows below.
        if !block.head.is_empty() && block.head != over {
            over.clone_from(&block.head);
            let caption = Block::of(Role::Heading, &over, block.line);
            let period = caption.and_then(|caption| language::of(&over).byline(&caption)).filter(|date| !date.is_day());
            if let Some(period) = period.filter(|_| !open.published.is_some_and(Written::is_day)) {
                let heading = open.heading.clone();
                close(&mut articles, &mut open);
                open = Article { heading, title: title.clone(), published: Some(period), ..Article::default() };
            }
        }
        if let Role::Written(day) = block.role {
            of_all = Some(Written::Day { year: Some(day.year()), month: day.month(), day: day.day() });
            continue;
        }
        let next = blocks.peek().map(|(next, _)| next);
        let is_over_hours = next.is_some_and(|next| begins_with_time(&next.text));
        let is_over_items = next.is_some_and(|next| next.role == Role::Item && next.cells.is_empty());
        let is_over_lines = block.role == Role::Heading || is_over_items || is_over_hours;
        // The day over the title of a text is the one of writing.
        let is_over_title = articles.is_empty()
            && open.blocks.is_empty()
            && next.is_some_and(|next| next.role == Role::Heading && next.cells.is_empty());
        if let Some(day) = day.filter(|day| is_over_title && day.start.year().is_some()) {
            open.published = Some(day.start);
            of_all = of_all.or(Some(day.start));
            continue;
        }
        // One day of a list is over nothing, but over hours.
        if let Some(day) = day.filter(|_| block.role != Role::Item || is_over_hours)
            && (is_over_lines || day.weekday.is_some() && day.start.year().is_none())
        {
            let heading = open.heading.clone();
            let (published, month) = (open.published, open.month);
            close(&mut articles, &mut open);
            open = Article { heading, title: title.clone(), published, month, day: Some(day), blocks: Vec::new() };
            continue;
        }
        // When a page was looked after is not when it was written, where that is known.
        let is_upkeep = of_all.is_some()
            && ["last ", "updated", "page last", "reviewed"]
                .iter()
                .any(|label| block.text.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label)));
        if is_upkeep && byline.is_some() {
            continue;
        }
        let is_heading = block.role == Role::Heading && !byline.is_some_and(Written::is_day);
        if is_heading {
            if open.blocks.iter().any(|known| known.role != Role::Heading) || open.day.is_some() {
                close(&mut articles, &mut open);
            }
            open.heading = block.text.chars().take(LONGEST_HEADING).collect();
            open.title.clone_from(&title);
            if title.is_empty() && articles.is_empty() {
                title.clone_from(&open.heading);
            }
        }
        match byline {
            // Of the year that stands over it.
            Some(Written::Month { year: None, month }) if is_heading => {
                let year = open.published.and_then(Written::year).or(of_all.and_then(Written::year));
                open.month = Some(Written::Month { year, month });
                open.blocks.push(block);
            }
            Some(date) if is_heading => {
                open.month = Some(date).filter(|date| matches!(date, Written::Month { .. }));
                open.published = Some(date);
                of_all = of_all.or(Some(date));
                open.blocks.push(block);
            }
            // `2026` between two lists of days
            Some(period) if !period.is_day() && open.blocks.iter().any(|block| block.role == Role::Item) => {
                let heading = open.heading.clone();
                close(&mut articles, &mut open);
                open = Article { heading, title: title.clone(), published: Some(period), ..Article::default() };
            }
            Some(date) => {
                if articles.is_empty() {
                    of_all = of_all.or(Some(date));
                }
                open.published = open.published.filter(|known| known.is_day()).or(Some(date));
            }
            None => open.blocks.push(block),
        }
    }
    articles.push(open);
    // A period that was named last goes on until another one is.
    let mut last = None;
    for article in &mut articles {
        let own = article.published;
        article.published = own.or(last).or(of_all);
        last = own.filter(|own| !own.is_day()).or(last);
    }
    articles
}

fn close(articles: &mut Vec<Article>, open: &mut Article) {
    let closed = std::mem::take(open);
    if !closed.blocks.is_empty() || closed.published.is_some() {
        articles.push(closed);
    }
}
