//! The words that lead to a date: `on`, `by`, `until`, `as of`.

use crate::token::Token;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    On,
    By,
    Until,
    /// No later than.
    No,
    From,
    /// As of, as from, with effect from.
    AsOf,
    Since,
    After,
    Of,
    /// `The deadline is 5 May`.
    Is,
    Bare,
}

/// Parts of days and weeks and months, which lead to them: `the afternoon of 17 September`.
const PARTS: &[&str] = &[
    "week",
    "weekend",
    "half",
    "part",
    "days",
    "day",
    "morning",
    "afternoon",
    "evening",
    "night",
    "month",
    "beginning",
];

const WEEK_BEGINS: &[&str] = &["commencing", "beginning", "starting", "ending"];

impl Lead {
    /// What leads to the date that begins at a token.
    pub fn of(tokens: &[Token<'_>], at: usize) -> Self {
        let before = |n: usize| at.checked_sub(n).and_then(|index| tokens.get(index));
        let is = |n: usize, words: &[&str]| before(n).is_some_and(|token| token.is_one_of(words));
        let times_lead = tokens.get(at).filter(|first| first.is_one_of(&["from", "between"]));
        match () {
            // `emailed at 18:00 CEST on 12 May`
            () if tokens.get(at).is_some_and(|first| first.is("at") || first.text == "@") => Self::On,
            () if is(1, &["than"]) && is(2, &["later"]) => Self::No,
            () if (is(1, &["by", "before", "due"])) || (is(1, &["to"]) && is(2, &["prior"])) => Self::By,
            () if is(1, &["including"]) && is(2, &["and"]) && is(3, &["to", "until", "till"]) => Self::Until,
            () if is(1, &["until", "till", "til", "through", "thru"]) || (is(1, &["to"]) && is(2, &["up"])) => {
                Self::Until
            }
            () if is(1, &["from", "of", "on", "at"]) && is(2, &["as"]) => Self::AsOf,
            () if is(1, &["from", "on"]) && is(2, &["effect", "effective"]) => Self::AsOf,
            () if is(1, &["of"]) && is(2, PARTS) => Self::On,
            () if is(1, WEEK_BEGINS) && is(2, &["week"]) => Self::On,
            () if is(1, &["of", "dated"]) => Self::Of,
            () if is(1, &["from", "starting", "beginning"]) || times_lead.is_some() => Self::From,
            () if is(1, &["since"]) => Self::Since,
            // `At 31 December the register held`, `in the twelve months to 30 June`
            () if is(1, &["at"])
                && (0..2).any(|n| {
                    tokens
                        .get(at + n)
                        .is_some_and(|part| part.is_one_of(&["end", "start", "beginning", "close", "middle"]))
                }) =>
            {
                Self::On
            }
            () if is(1, &["at"]) || is(1, &["to"]) && is(2, &["months", "year", "quarter", "weeks", "half"]) => {
                Self::After
            }
            () if is(1, &["after", "following", "than"]) => Self::After,
            () if is(1, &["is", "was", "are", "were", "be"]) => Self::Is,
            () if is(
                1,
                &["on", "in", "at", "during", "between", "for", "around", "about", "to", "throughout", "this", "next"],
            ) =>
            {
                Self::On
            }
            () => Self::Bare,
        }
    }

    /// The first of the words that lead to it.
    pub fn start(tokens: &[Token<'_>], at: usize) -> usize {
        let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| token.is_one_of(words));
        if at >= 2 && is(at - 1, &["of"]) && is(at - 2, PARTS) {
            // `on the afternoon of`
            return (at.saturating_sub(5)..at - 2)
                .find(|at| is(*at, &["on", "in", "during", "at", "by"]))
                .unwrap_or(at - 2);
        }
        // `in the week commencing 1 July`
        if at >= 2 && is(at - 1, WEEK_BEGINS) && is(at - 2, &["week"]) {
            let the = at - 2 - usize::from(is(at.wrapping_sub(3), &["the"]));
            return the - usize::from(is(the.wrapping_sub(1), &["in", "during", "for"]));
        }
        let words = match Self::of(tokens, at) {
            Self::Bare | Self::Is => 0,
            Self::No | Self::AsOf => 2,
            // `up to`, `prior to`
            Self::Until | Self::By if is(at.wrapping_sub(1), &["to"]) => 2,
            _ => 1,
        };
        at.saturating_sub(words)
    }
}
