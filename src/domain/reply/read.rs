//! A server's words taken apart: the code, where one can stand, and clauses of plain words.

use super::table::{NAMES, NEUTRAL, NOBODY, NOT_THERE, SOMEBODY, US};
use crate::domain::status::Status;

/// More than this no server has to say.
const LONGEST: usize = 20_000;

/// A refusal as it was worded.
pub struct Refusal {
    /// The reply code.
    pub number: Option<u16>,
    /// The enhanced code.
    pub status: Option<Status>,
    /// Whether the enhanced code follows the reply code, as it should.
    is_whole: bool,
    /// What the server said, and what stands before its reply.
    pub clauses: Vec<Clause>,
    pub before: Vec<Clause>,
}

impl Refusal {
    pub fn read(text: &str) -> Self {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let words: Vec<&str> = text.split_whitespace().collect();
        let found = (0..words.len()).find_map(|at| Some((at, reply_code(&words, at)?)));
        let (start, number, follows) = match found {
            Some((at, code)) => (at, Some(code.number), code.status.or_else(|| status_of(words.get(at + 1)?))),
            None => (0, None, None),
        };
        let status = follows.or_else(|| words.iter().find_map(|word| status_of(word)));
        let (mut clauses, mut before) = (clauses(&words[start..]), clauses(&words[..start]));
        if !clauses.iter().any(Clause::is_telling) {
            clauses.append(&mut before);
        }
        Self { number, status, is_whole: follows.is_some(), clauses, before }
    }

    /// Whether it is for now only. The code of class 5 is right where a number beside it looks like a reply code.
    pub fn is_for_now(&self) -> bool {
        let by_number = self.number.is_some_and(|number| number < 500);
        match self.status {
            Some(Status { class: 4, .. }) => true,
            Some(Status { class: 5, .. }) => by_number && self.is_whole,
            _ => by_number,
        }
    }

    /// Whether it says of a recipient that there is none.
    pub fn says_nobody_is_there(&self) -> bool {
        self.clauses.iter().any(|clause| {
            let names = clause.says_any(NOBODY) || (clause.says_any(NOT_THERE) && clause.says_any(SOMEBODY));
            names && !clause.says_any(US)
        })
    }

    /// Whether it says so of our host, our name or our account.
    pub fn says_we_are_nobody(&self) -> bool {
        self.clauses.iter().any(|clause| {
            let is_name = || clause.says_any(NAMES) && !clause.says_any(SOMEBODY);
            (clause.says_any(NOBODY) || clause.says_any(NOT_THERE)) && (clause.says_any(US) || is_name())
        })
    }
}

struct ReplyCode {
    number: u16,
    /// In the same word: `550-5.1.1`.
    status: Option<Status>,
}

/// The reply code that begins with the word `at`, if one can stand there: at the beginning, behind a colon or semicolon
/// (`said:`, `SMTP;`), or behind what a program calls it. A room, a telephone and a host's name have numbers too.
fn reply_code(words: &[&str], at: usize) -> Option<ReplyCode> {
    let word = words[at];
    let (glue, rest) = match word.rfind([';', ':', '：', '；']) {
        Some(end) => word.split_at(end + word[end..].chars().next().map_or(1, char::len_utf8)),
        None => ("", word),
    };
    let before = at.checked_sub(1).map(|before| words[before].to_lowercase());
    let is_first = before.as_ref().is_none_or(|before| before == "<<<");
    let is_teller = |word: &str| {
        word.ends_with([';', '；']) || CALLED.iter().any(|call| word.trim_end_matches([':', '：']).ends_with(call))
    };
    let (is_first, is_told, is_behind_colon) = match glue {
        "" => (
            is_first,
            before.as_deref().is_some_and(is_teller),
            before.as_deref().is_some_and(|before| before.ends_with([':', '：'])),
        ),
        glue => (false, is_teller(&glue.to_lowercase()), false),
    };
    if !(is_first || is_told || is_behind_colon) {
        return None;
    }
    let rest = rest.trim_start_matches(['"', '\'', '#', '<', '\u{201c}', '\u{2018}']);
    let (digits, behind) = rest.split_at_checked(3)?;
    let number: u16 = digits.parse().ok().filter(|number| is_a_refusal(*number))?;
    let (dash, more) = match behind.strip_prefix('-') {
        Some(more) => (true, more),
        None => (false, behind.trim_matches(['"', '\'', '.', ',', '#', '>'])),
    };
    let status = status_of(more);
    // `450-mx.example.net` is a host, `450-123` a telephone.
    let is_something_else = match dash {
        false => !more.is_empty(),
        true => status.is_none() && (more.starts_with(|c: char| c.is_ascii_digit()) || is_host(more)),
    };
    let next = words.get(at + 1);
    let is_counted = !dash && next.is_none_or(|next| next.chars().all(|c| c.is_ascii_digit()));
    (!is_something_else && (is_first || is_told || !is_counted)).then_some(ReplyCode { number, status })
}

/// What stands before a code where a program tells of it.
const CALLED: &[&str] = &["said", "error", "returned", "code", "reply", "response", "answered", "信息", "原因", "返回"];

/// RFC 5321 section 4.2.1 and what is in use beside it. 40x and 41x are none of mail's.
fn is_a_refusal(number: u16) -> bool {
    matches!(number, 420..=459 | 471 | 500..=504 | 510..=525 | 530..=559 | 570..=579)
}

/// The enhanced code that a word is: `5.1.1`, `(#5.1.1)`, `550-5.7.26`.
fn status_of(word: &str) -> Option<Status> {
    let is_address = word.contains('@') || is_ip(word);
    Status::find(word).filter(|status| !is_address && status.class != 2)
}

/// A run of plain words, one space before and behind each.
pub struct Clause(String);

impl Clause {
    fn is_telling(&self) -> bool {
        self.0.contains(|c: char| c.is_alphabetic())
    }

    /// Whether any of these stands in it; with a `*` at its end whatever the last word goes on with.
    pub fn says_any(&self, phrases: &str) -> bool {
        phrases.split("; ").any(|phrase| !phrase.is_empty() && self.says(phrase))
    }

    fn says(&self, phrase: &str) -> bool {
        let (stem, is_open) = match phrase.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (phrase, false),
        };
        // Chinese and Japanese have no spaces between words, and Korean endings.
        let is_spaced = |c: char| !('\u{2e80}'..='\u{ffef}').contains(&c);
        let begins = stem.starts_with(is_spaced);
        let ends = !is_open && stem.ends_with(is_spaced);
        self.0.match_indices(stem).any(|(at, _)| {
            (!begins || self.0[..at].ends_with(' ')) && (!ends || self.0[at + stem.len()..].starts_with(' '))
        })
    }
}

/// What is in brackets is a clause of its own, and the words around it go on.
fn clauses(words: &[&str]) -> Vec<Clause> {
    let (mut done, mut current, mut aside) = (Vec::new(), String::new(), String::new());
    let mut is_aside = false;
    for word in words {
        let bare = word.trim_start_matches(['"', '\'', '#']);
        is_aside = is_aside || bare.starts_with(['(', '[', '（', '【']);
        let target = if is_aside { &mut aside } else { &mut current };
        // Chinese sentences have no spaces behind their marks.
        for (n, piece) in word.split(['，', '。', '；', '！']).enumerate() {
            if n > 0 {
                done.push(std::mem::take(target));
            }
            target.push(' ');
            target.push_str(&plain(piece));
        }
        let ends_aside = is_aside && word.contains([')', ']', '）', '】']);
        if ends_aside {
            done.push(std::mem::take(&mut aside));
            is_aside = false;
        }
        let end = word.trim_end_matches(['"', '\'', ')', ']']);
        if end.ends_with(['.', ';', '!', '?']) {
            done.push(std::mem::take(if is_aside { &mut aside } else { &mut current }));
        }
    }
    done.extend([aside, current]);
    done.iter().filter(|clause| !clause.trim().is_empty()).map(|clause| Clause(without_neutral(clause))).collect()
}

/// The words, each with one space on both sides, without what is said to us and not about us.
fn without_neutral(clause: &str) -> String {
    let mut clause = format!(" {} ", clause.split_whitespace().collect::<Vec<_>>().join(" "));
    for phrase in NEUTRAL.split("; ") {
        let phrase = if phrase.is_ascii() { format!(" {phrase} ") } else { phrase.to_owned() };
        if clause.contains(&phrase) {
            clause = clause.replace(&phrase, " ");
        }
    }
    clause
}

/// A word in small letters. Addresses become `@` and IP addresses `ip`, and host names vanish: none of their letters mean
/// anything.
fn plain(word: &str) -> String {
    let word = word.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'");
    let word = word.trim_matches('\'');
    let is_quoted =
        word.starts_with('"') && word.trim_end_matches(['.', ',', ';', ':']).ends_with('"') && word.len() > 2;
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.contains('@') || is_quoted {
        // `FROM:<ada@example.org>`
        let called = word.split_once([':', '<']).map_or("", |(name, _)| name);
        let called = if called.contains('@') || is_quoted { "" } else { called };
        return format!("{} @", called.replace(|c: char| !c.is_alphanumeric(), " "));
    }
    if is_ip(bare) {
        return "ip".into();
    }
    if bare.contains("://") || is_host(bare) {
        // The lists of senders are known by their names.
        return if LISTS.iter().any(|list| bare.contains(list)) { "dnsbl".into() } else { String::new() };
    }
    word.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect()
}

const LISTS: &[&str] = &["spamhaus", "spamcop", "barracuda", "sorbs", "dnsbl", "rbl.", "abuseat", "uceprotect"];

fn is_ip(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != ':');
    bare.parse::<std::net::Ipv4Addr>().is_ok() || (bare.contains(':') && bare.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Exchange names its errors with dots too.
fn is_host(word: &str) -> bool {
    let word = word.trim_end_matches([':', '.', ',', ';']);
    let labels = || word.split('.');
    word.contains('.')
        && !word.starts_with("resolver.")
        && !word.starts_with("storedrv.")
        && word.contains(|c: char| c.is_ascii_alphabetic())
        && labels()
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        && labels().next_back().is_some_and(|last| last.len() > 1)
}
