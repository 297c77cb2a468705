//! What this process did since its start, and which it is.

use super::exposition::Figures;
use crate::counted::{ANSWERS, ATTEMPTS, SIGN_UPS};
use crate::web::http::count::FEED;

/// How attempts end, and why wishes to subscribe are not taken. All are told from the start, or the first of a kind would not
/// be seen to be one more.
const OUTCOMES: [&str; 5] = ["sent", "deferred", "failed", "uncertain", "released"];
const REASONS: [&str; 3] = ["wrong", "limited", "program"];

pub fn add(figures: &mut Figures) {
    let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    figures.gauge("kalends_build_info", "The program that runs", [(version, 1.0)]);
    let attempts = OUTCOMES.map(|outcome| (vec![("outcome", outcome.to_owned())], ATTEMPTS.of(outcome)));
    figures.counter("kalends_delivery_attempts", "Attempts to hand a mail over, by how they ended", attempts);
    figures.counter("kalends_sign_ups", "Wishes to subscribe that the site took", [(Vec::new(), SIGN_UPS.of("taken"))]);
    let refused = REASONS.map(|reason| (vec![("reason", reason.to_owned())], SIGN_UPS.of(reason)));
    figures.counter("kalends_sign_ups_refused", "Wishes to subscribe that it did not take, by the reason", refused);
    let answers = ANSWERS.all();
    let by_code = answers
        .iter()
        .map(|((kind, code), count)| (vec![("kind", (*kind).to_owned()), ("code", code.to_string())], *count));
    figures.counter("kalends_http_answers", "Answers to requests, by the kind of page and the status", by_code);
    let of_feeds = |is_counted: fn(u16) -> bool| {
        let counted = answers.iter().filter(|((kind, code), _)| *kind == FEED && is_counted(*code));
        [(Vec::new(), counted.map(|(_, count)| *count).sum())]
    };
    let help = "Requests for a calendar or feed that were answered with it, or that it is the same";
    figures.counter("kalends_feed_hits", help, of_feeds(|code| matches!(code, 200 | 304)));
    let help = "Those of them that were answered that it is the same (304)";
    figures.counter("kalends_feed_not_modified", help, of_feeds(|code| code == 304));
}
