//! The titles of deadlines: what is due, and of what.

use super::{begins, is_bad, trimmed};
use crate::english::called::titled::lowered;
use crate::english::kind::Cue;
use crate::english::lead::Lead;
use crate::english::naming::{capitalised, title};
use crate::english::nouns::is_deadline_noun;
use crate::english::sentence::Sentence;
use crate::mask::span;
use crate::token::tokens;

impl Sentence<'_> {
    /// `Advisory Board on Inland Harbours: comments due`
    pub fn deadline(&self, body: &str, context: Option<&str>, cue: Option<&Cue>, raw: &str) -> String {
        if self.tokens.iter().any(|token| token.text == "RSVP") {
            return context.map_or("RSVP".to_owned(), |context| format!("{context}: RSVP"));
        }
        let points = begins(body, &["it", "this", "they"]) && !self.around.last.is_empty();
        let body = if points { self.around.last.as_str() } else { body };
        // `have until 5 May to vote`
        let body = &self.to_do_after(body);
        let told = || {
            self.tokens
                .iter()
                .find(|token| is_deadline_noun(token) && !token.is("period"))
                .map(|token| token.text.to_lowercase())
        };
        // `Call for proposals: Proposals`
        let body = match body.split_once(": ") {
            Some((label, rest)) if rest.split_whitespace().count() <= 2 && !label.is_empty() => label,
            _ => body,
        };
        // `Member States have to transpose the Directive by`
        let asks = tokens(body).iter().any(is_deadline_noun);
        let duty = self.duty_deed().filter(|_| !asks && !is_bad(body) && cue.is_none());
        let with_duty =
            duty.map(|duty| format!("{body} to {}", lowered(&duty))).filter(|told| told.chars().count() < 140);
        let body = with_duty.as_deref().unwrap_or(body);
        let (body, was_bad) = match is_bad(body) {
            false => (body.to_owned(), false),
            true => {
                let named = self.duty_deed().or_else(|| self.deed(cue)).or_else(told);
                (named.unwrap_or_else(|| "deadline".to_owned()), true)
            }
        };
        let lower = body.to_lowercase();
        let says_so = lower.contains("deadline")
            || lower.contains("closing date")
            || lower.contains("last day")
            || lower.contains("final date");
        let names_itself = tokens(&body)
            .iter()
            .skip(1)
            .any(|token| token.is_capitalised() || token.text.contains(|c: char| c.is_ascii_digit()));
        let is_old_form = raw.ends_with(')') && raw.contains(" (");
        match context {
            Some(context) if (!names_itself || was_bad) && !is_old_form && !shares(&body, context) => {
                let due = if says_so || was_bad && !lower.ends_with('s') || lower.split_whitespace().count() > 5 {
                    ""
                } else {
                    " due"
                };
                format!("{context}: {}{due}", lowered(&body))
            }
            _ if says_so => capitalised(&body),
            _ => format!("Deadline: {}", capitalised(&body)),
        }
    }

    /// `have until 5 May to vote`
    fn to_do_after(&self, body: &str) -> String {
        let Some(mention) = self.mentions.first() else { return body.to_owned() };
        let after = mention.tokens.end;
        let has = self.tokens[..mention.tokens.start].iter().any(|token| token.is_one_of(&["have", "has", "had"]));
        match self.tokens.get(after).filter(|to| to.is("to") && has) {
            Some(_) => {
                let end = self.clause_end(after);
                let deed = self.text.get(span(&self.tokens, after..end)).unwrap_or_default();
                trimmed(&format!("{body} {}", deed.trim_end_matches('.')), false)
            }
            None => body.to_owned(),
        }
    }

    /// What people are to do by a day: `should notify the contact person`.
    fn duty_deed(&self) -> Option<String> {
        const ASKED: &[&str] = &[
            "received",
            "submitted",
            "postmarked",
            "made",
            "filed",
            "sent",
            "lodged",
            "returned",
            "in",
            "reach",
            "sought",
            "placed",
        ];
        let duty = self.tokens.iter().enumerate().position(|(at, token)| {
            token.is_one_of(&["must", "should", "shall", "please"])
                || token.is_one_of(&["have", "has", "need", "needs"])
                    && self.tokens.get(at + 1).is_some_and(|next| next.is("to"))
        })?;
        let mention = self.mentions.iter().find(|mention| mention.tokens.start > duty)?;
        let lead = Lead::start(&self.tokens, mention.tokens.start);
        let first = duty + 1 + usize::from(self.tokens.get(duty + 1).is_some_and(|to| to.is("to")));
        let is_asked = self.slice(first..lead).iter().take(3).any(|token| token.is_one_of(ASKED));
        let words = trimmed(&title(self.text.get(span(&self.tokens, first..lead))?), false);
        (!is_asked && words.split_whitespace().count() > 1).then_some(words)
    }
}

fn shares(body: &str, context: &str) -> bool {
    let words = |text: &str| {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let context = words(context);
    words(body).iter().filter(|word| context.contains(word)).count() > 1
}
