//! The head of a forwarded mail as programs write it into a text: `From:`, `Sent:`, `Subject:`, `To:`, in some languages.

use std::ops::Range;

use jiff::civil::Date;

use super::super::extract::without_reply_marks;
use super::rfc_day;
use crate::domain::text::single_line;

/// Longer heads are none.
const MOST_LINES: usize = 20;
const LONGEST_LABEL: usize = 24;
const LONGEST_INTRODUCTION: usize = 100;
/// A line that was wrapped goes on for no more.
const WRAPPED: usize = 2;

/// Of what a passage is, and when it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    pub subject: String,
    pub written: Option<Date>,
}

/// A line as it is read, and where it stands in the text.
#[derive(Debug, Clone)]
pub struct Line {
    pub text: String,
    pub at: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    From,
    Date,
    Subject,
    Other,
}

const LABELS: [(Field, &[&str]); 4] = [
    (Field::From, &["from", "von", "de", "da", "van", "från", "fra", "发件人", "寄件者", "寄件人", "發件人", "发信人"]),
    (
        Field::Date,
        &[
            "date",
            "sent",
            "datum",
            "gesendet",
            "envoyé",
            "enviado",
            "enviado el",
            "fecha",
            "inviato",
            "data",
            "verzonden",
            "skickat",
            "sendt",
            "发送时间",
            "发送日期",
            "日期",
            "时间",
            "發送時間",
            "發送日期",
            "寄件日期",
            "傳送時間",
            "已发送",
        ],
    ),
    (
        Field::Subject,
        &[
            "subject",
            "betreff",
            "objet",
            "asunto",
            "oggetto",
            "onderwerp",
            "ämne",
            "emne",
            "assunto",
            "主题",
            "主題",
            "主旨",
            "标题",
        ],
    ),
    (
        Field::Other,
        &[
            "to",
            "cc",
            "bcc",
            "reply-to",
            "an",
            "à",
            "para",
            "a",
            "aan",
            "till",
            "til",
            "kopie",
            "copie",
            "antwort an",
            "importance",
            "priority",
            "attachments",
            "organization",
            "sender",
            "message-id",
            "收件人",
            "收件者",
            "抄送",
            "副本",
            "附件",
            "重要性",
        ],
    ),
];

/// Where heads stand in a text, and what they say. The first line of an answer (`On Monday, Ann wrote:`) is one that only
/// says a day.
pub fn find(lines: &[Line]) -> Vec<(Range<usize>, Head)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        match head_at(lines, at).or_else(|| attribution(lines, at)) {
            Some((begin, end, head)) => {
                found.push((lines[begin].at.start..lines[end - 1].at.end, head));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// From which line to behind which, and what it says.
fn head_at(lines: &[Line], begin: usize) -> Option<(usize, usize, Head)> {
    field(&lines[begin].text)?;
    let mut head = Head::default();
    let mut seen: Vec<Field> = Vec::new();
    let mut end = begin;
    for (at, line) in lines.iter().enumerate().skip(begin).take(MOST_LINES) {
        match field(&line.text) {
            // The next one begins, or the text says so.
            Some((Field::From, _)) if seen.contains(&Field::From) => break,
            Some((Field::Subject, _)) if seen.contains(&Field::Subject) => break,
            Some((kind, value)) => {
                match kind {
                    Field::Subject => head.subject = without_reply_marks(&value).to_owned(),
                    Field::Date => head.written = head.written.or_else(|| day(&value)),
                    Field::From | Field::Other => {}
                }
                seen.push(kind);
                end = at + 1;
            }
            None if line.text.is_empty() => break,
            // A long list of recipients is wrapped.
            None => {
                let next = lines.iter().skip(at + 1).take(WRAPPED).take_while(|line| !line.text.is_empty());
                if !next.into_iter().any(|line| field(&line.text).is_some()) {
                    break;
                }
            }
        }
    }
    let has = |kind| seen.contains(&kind);
    let is_head = has(Field::From) && has(Field::Subject) && (has(Field::Date) || has(Field::Other));
    is_head.then(|| (introduced(lines, begin), end, head))
}

/// The line before it, if that only says that a mail follows.
fn introduced(lines: &[Line], begin: usize) -> usize {
    const WORDS: [&str; 13] = [
        "forwarded message",
        "original message",
        "weitergeleitete",
        "ursprüngliche nachricht",
        "message transféré",
        "message d'origine",
        "mensaje reenviado",
        "messaggio inoltrato",
        "doorgestuurd",
        "转发的邮件",
        "原始邮件",
        "轉寄",
        "转发邮件",
    ];
    let before = lines[..begin].iter().rposition(|line| !line.text.is_empty());
    let is_it = |line: &Line| {
        let text = line.text.to_lowercase();
        let is_rule = text.starts_with("--") || text.starts_with("==") || text.starts_with("__");
        text.chars().count() <= LONGEST_INTRODUCTION && (is_rule || WORDS.iter().any(|word| text.contains(word)))
    };
    before.filter(|at| is_it(&lines[*at])).unwrap_or(begin)
}

/// `On Thu, 11 Jan 2024 at 16:02, Ann <ann@example.org> wrote:`, wrapped or not.
fn attribution(lines: &[Line], at: usize) -> Option<(usize, usize, Head)> {
    const WROTE: [&str; 8] = ["wrote", "schrieb", "a écrit", "escribió", "ha scritto", "schreef", "写道", "寫道"];
    let ends = |text: &str| {
        let text = text.trim_end().trim_end_matches([':', '：']).trim_end().to_lowercase();
        WROTE.iter().any(|word| text.ends_with(word))
    };
    let is_open = |text: &str| text.trim_end().ends_with([':', '：']);
    let line = &lines[at].text;
    let head = |text: &str| Head { subject: String::new(), written: day(text) };
    if is_open(line) && ends(line) {
        return Some((at, at + 1, head(line)));
    }
    let next = &lines.get(at + 1)?.text;
    let begins = ["On ", "Am ", "Le ", "El ", "Il ", "Op "].iter().any(|word| line.starts_with(word));
    let both = format!("{line} {next}");
    (begins && is_open(next) && ends(next) && day(&both).is_some()).then(|| (at, at + 2, head(&both)))
}

/// A line of a head: which field it is, and its value.
fn field(line: &str) -> Option<(Field, String)> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '>'));
    let (label, value) = line.split_once([':', '：'])?;
    let label = label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_'));
    if label.is_empty() || label.chars().count() > LONGEST_LABEL {
        return None;
    }
    let folded = label.to_lowercase();
    // `主 题：`
    let spaceless: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let is_it = |known: &&str| **known == folded || (!folded.is_ascii() && **known == spaceless);
    let (kind, _) = LABELS.iter().find(|(_, known)| known.iter().any(is_it))?;
    let value = single_line(value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_')));
    Some((*kind, value))
}

/// The day that a date says, in whatever order; none where that is not clear.
pub fn day(value: &str) -> Option<Date> {
    rfc_day(value).or_else(|| spelt_day(value))
}

/// `Thursday, January 11, 2024 4:02 PM`, `11. Januar 2024`, `2024年1月11日`, `2024-01-11`, `11.01.2024`.
fn spelt_day(value: &str) -> Option<Date> {
    let mut words: Vec<String> = Vec::new();
    for c in value.chars().take(200) {
        let is_digit = c.is_ascii_digit();
        match words.last_mut() {
            Some(word)
                if c.is_alphanumeric()
                    && word.ends_with(|last: char| last.is_ascii_digit()) == is_digit
                    && !word.is_empty() =>
            {
                word.push(c);
            }
            _ if c.is_alphanumeric() => words.push(c.to_string()),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    let number = |word: &String| word.parse::<i16>().ok();
    let year_at =
        words.iter().position(|word| word.len() == 4 && number(word).is_some_and(|n| (1970..2200).contains(&n)))?;
    let year = number(&words[year_at])?;
    let (before, behind) = (&words[..year_at], &words[year_at + 1..]);
    let small = |word: &String| number(word).filter(|n| (1..=31).contains(n)).and_then(|n| i8::try_from(n).ok());
    let month_at = before.iter().rposition(|word| month(word).is_some());
    let found = match month_at {
        Some(at) => {
            let day = before.get(at + 1).and_then(small).or_else(|| before[..at].iter().rev().find_map(small));
            Some((month(&before[at])?, day?))
        }
        // `2024-01-11`, `2024年1月11日`
        None if before.iter().all(|word| small(word).is_none()) => {
            let mut numbers = behind.iter().filter_map(small);
            numbers.next().zip(numbers.next())
        }
        // `11.01.2024`, and not `01/11/2024`, of which nobody knows.
        None => {
            let mut numbers = before.iter().rev().filter_map(small);
            let (month, day) = numbers.next().zip(numbers.next())?;
            (value.contains('.') || day > 12).then_some((month, day))
        }
    };
    let (month, day) = found?;
    Date::new(year, month, day).ok()
}

/// By its name in the languages of the labels.
fn month(word: &str) -> Option<i8> {
    const NAMES: [(&str, i8); 36] = [
        ("jan", 1),
        ("gen", 1),
        ("ene", 1),
        ("feb", 2),
        ("fév", 2),
        ("fev", 2),
        ("mar", 3),
        ("mär", 3),
        ("maa", 3),
        ("mrt", 3),
        ("apr", 4),
        ("avr", 4),
        ("abr", 4),
        ("may", 5),
        ("mai", 5),
        ("mag", 5),
        ("mei", 5),
        ("maj", 5),
        ("jun", 6),
        ("juin", 6),
        ("giu", 6),
        ("jul", 7),
        ("juil", 7),
        ("lug", 7),
        ("aug", 8),
        ("aoû", 8),
        ("ago", 8),
        ("sep", 9),
        ("set", 9),
        ("oct", 10),
        ("okt", 10),
        ("ott", 10),
        ("nov", 11),
        ("dec", 12),
        ("dez", 12),
        ("déc", 12),
    ];
    let word = word.to_lowercase();
    let mut found = NAMES.iter().filter(|(name, _)| word.starts_with(name) && word.chars().all(char::is_alphabetic));
    found.next().map(|(_, month)| *month).or(match word.as_str() {
        _ if word.starts_with("dic") => Some(12),
        _ => None,
    })
}
