//! Bounces in the words of programs that keep to no standard: qmail, old Exim and Exchange, gateways. They are read for an
//! address and a reason. Hard they are only where a server's own words say that the address is bad.

use super::{address, diagnostic};
use crate::domain::address::EmailAddress;
use crate::domain::bounce::{Class, Report};
use crate::domain::reply;
use crate::domain::text::fold_case;
use crate::intake::mime::{Fields, Part, decode_words};

/// What a program has to tell stands in the first lines.
const LINES_LIMIT: usize = 200;
const LINE_LIMIT: usize = 1000;
/// A reason is told on a few lines behind the address.
const REASON_LINES: usize = 8;
const FIRST_LINES: usize = 20;

/// What a server wrote in its own words. Whose mail it is about, the address proves that it came to, so that words count
/// which name nobody.
pub fn read(header: &Fields, parts: &[Part]) -> Vec<Report> {
    let failed_recipients: Vec<&str> = header.all("X-Failed-Recipients").flat_map(|value| value.split(',')).collect();
    let text = parts.iter().find(|part| matches!(part.media_type.as_str(), "text/plain" | "text/html"));
    let text = text.map(Part::text).unwrap_or_default();
    let lines = told(&text);
    let whole = fold_case(&lines.join(" "));
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| whole.contains(phrase));
    let (is_delay, has_failed) = (says(DELAYED), says(FAILED));
    if says(DELIVERED) && !has_failed && !is_delay {
        return Vec::new();
    }
    let named: Vec<(usize, String)> = match failed_recipients.is_empty() {
        // Exim names them in a field of its own.
        false => failed_recipients.iter().filter_map(|name| Some((line_of(&lines, name), address(name)?))).collect(),
        true if is_delay || has_failed => addresses(header, &lines),
        // In whatever language: qmail's format has each address on a line of its own.
        true if lines.iter().any(|line| line.starts_with('<') && line.trim_end().ends_with(">:")) => {
            addresses(header, &lines)
        }
        true => Vec::new(),
    };
    let report = |name: Option<String>, reason: String| {
        let failed = Report::of_failure(None, &reason);
        let (class, counts) = if is_delay { (Class::Delayed, false) } else { (failed.class, failed.counts) };
        let is_said = is_delay || has_failed || name.is_some() || reply::tells(&reason) || !counts;
        Report { address: name, class, counts, understood: is_said, diagnostic: diagnostic(&reason), ..failed }
    };
    match &named[..] {
        [] => {
            let subject = header.first("Subject").map(decode_words).unwrap_or_default();
            let reason = Some(telling(&lines)).filter(|reason| !reason.is_empty());
            vec![report(None, reason.unwrap_or(subject))]
        }
        // One address: wherever the reason stands, it is about it.
        [(at, name)] => {
            let reason = Some(reason(&lines, *at, &named)).filter(|reason| reply::tells(reason));
            vec![report(Some(name.clone()), reason.unwrap_or_else(|| telling(&lines)))]
        }
        named => named.iter().map(|(at, name)| report(Some(name.clone()), reason(&lines, *at, named))).collect(),
    }
}

/// The lines that say most: from the first with a code or with words for nobody there, or all of the first.
fn telling(lines: &[&str]) -> String {
    let start = lines.iter().position(|line| reply::tells(line));
    let (start, count) = start.map_or((0, FIRST_LINES), |start| (start, REASON_LINES / 2));
    let told = lines.iter().skip(start).map(|line| line.trim()).filter(|line| !line.is_empty());
    told.take(count).collect::<Vec<_>>().join(" ")
}

/// The lines before the mail that came back.
fn told(text: &str) -> Vec<&str> {
    text.lines()
        .take(LINES_LIMIT)
        .map(|line| &line[..line.floor_char_boundary(LINE_LIMIT)])
        .take_while(|line| {
            let line = fold_case(line);
            let is_rule = line.trim_start().starts_with(['-', '=', '*', '|', '_']);
            let begins_it = RETURNED.iter().any(|phrase| line.trim_start().starts_with(phrase))
                || (is_rule && RETURNED_BEHIND_A_RULE.iter().any(|phrase| line.contains(phrase)));
            !begins_it
        })
        .collect()
}

/// Addresses in the order told, each with its line. Those of the mail's own sender and recipients, and of people to ask
/// for help, are not what failed.
fn addresses(header: &Fields, lines: &[&str]) -> Vec<(usize, String)> {
    let own: Vec<String> = ["To", "From", "Sender", "Reply-To", "Return-Path"]
        .iter()
        .flat_map(|name| header.all(name))
        .map(fold_case)
        .collect();
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let start = fold_case(line.trim_start());
        if ABOUT_THE_MAIL.iter().any(|name| start.starts_with(name)) {
            continue;
        }
        let mut before = "";
        for word in line.split(|c: char| c.is_whitespace() || "<>()[]{}\"',;:=|".contains(c)).filter(|w| !w.is_empty())
        {
            let name = word.trim_matches(['.', '*', '-', '!']);
            let is_sender =
                before.eq_ignore_ascii_case("from") && !GENERATED.iter().any(|phrase| start.contains(phrase));
            before = word;
            let Ok(address) = name.parse::<EmailAddress>() else { continue };
            let key = address.key();
            let is_helper = HELPERS.iter().any(|helper| key.starts_with(helper));
            if is_sender || is_helper || own.iter().any(|own| own.contains(&key)) {
                continue;
            }
            if !found.iter().any(|(_, known)| fold_case(known) == key) {
                found.push((at, name.to_owned()));
            }
        }
    }
    found
}

fn line_of(lines: &[&str], name: &str) -> usize {
    lines.iter().position(|line| line.contains(name.trim())).unwrap_or(0)
}

/// The line with the address and those behind it, up to an empty one or the next address.
fn reason(lines: &[&str], at: usize, named: &[(usize, String)]) -> String {
    let mut reason = lines.get(at).copied().unwrap_or_default().to_owned();
    let mut is_first = true;
    for (offset, line) in lines.iter().enumerate().skip(at + 1).take(REASON_LINES) {
        if named.iter().any(|(other, _)| *other == offset) || (line.trim().is_empty() && !is_first) {
            break;
        }
        is_first = is_first && line.trim().is_empty();
        reason.push(' ');
        reason.push_str(line.trim());
    }
    reason
}

const FAILED: &[&str] = &[
    "not delivered",
    "not been delivered",
    "automatically rejected",
    "not be delivered",
    "t be delivered",
    "not deliver",
    "unable to deliver",
    "able to deliver",
    "undeliverable",
    "delivery failed",
    "delivery failure",
    "delivery to the following",
    "delevery to the following",
    "delivery has failed",
    "delivery problems",
    "failed recipient",
    "failed addresses",
    "address(es) failed",
    "addresses failed",
    "address failed",
    "fatal error",
    "did not reach",
    "could not be reached",
    "did not receive",
    "no such user",
    "user unknown",
    "unknown user",
    "has been returned",
    "was rejected",
    "invalid final delivery",
    "error-for:",
    "n't able to deliver",
    "mailbox is full",
    "problem with the e-mail address",
    "does not like recipient",
    "no mailbox here",
    "unable to transmit",
    "be delivered to",
];

const DELAYED: &[&str] = &[
    "not yet been delivered",
    "has been delayed",
    "delivery attempts will continue",
    "continue to try",
    "has been postponed",
    "warning message only",
    "this is a warning message",
    "will be retried",
    "just a warning",
    "verzögert",
    "a été retardé",
    "se ha retrasado",
    "è in ritardo",
    "延迟",
    "遅延",
];

/// A receipt: all went well.
const DELIVERED: &[&str] = &[
    "successfully delivered",
    "has been delivered",
    "was delivered to",
    "successfully relayed",
    "successful mail delivery",
];

/// How a program begins the mail that came back.
const RETURNED: &[&str] = &[
    "received:",
    "return-path:",
    "original message",
    "a copy of the original message",
    "message headers follow",
    "included is a copy",
    "here is a copy",
    "old message:",
    "your message reads",
    "the first 50 lines",
    "a summary of",
    "---------- original",
    "--- below",
];
const RETURNED_BEHIND_A_RULE: &[&str] = &[
    "original",
    "returned mail",
    "returned message",
    "copy of the message",
    "is a copy",
    "message text",
    "message header",
    "header and top",
    "unsent message",
    "message follows",
    "mail follows",
    "below this line",
    "below the next line",
    "mensaje original",
];

/// Lines that tell the mail's own head.
const ABOUT_THE_MAIL: &[&str] = &["to:", "cc:", "from:", "subject:", "sent:", "date:", "message-id:"];
const GENERATED: &[&str] = &["generated from", "expanded from"];
const HELPERS: &[&str] = &["postmaster@", "mailer-daemon@", "support@", "abuse@", "helpdesk@", "hostmaster@"];
