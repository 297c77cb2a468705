//! What looks like a date and is none, and what is quoted: identifiers of standards and documents, telephone numbers,
//! spans of years, names of laws with their years.

mod sources;

use std::ops::Range;

use sources::{is_citation, is_speech};

use super::script::{Text, is_han};

#[derive(Debug, Default)]
pub struct Masked {
    /// By character: no date begins here.
    opaque: Vec<bool>,
    /// By character: part of a name, in which words tell nothing of what happens.
    quoted: Vec<bool>,
    pub standards: Vec<Standard>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// As it should be written: `GB/T 35273-2020`.
    pub identifier: String,
    pub place: Range<usize>,
}

words! {
    /// Whoever numbers standards also without a year or `/T`.
    PUBLISHERS =
        "ISO IEC IEEE ITU EN DIN BS ANSI ASTM JIS ETSI CEN GB GBT GBZ RFC CNS JJG JJF JGJ"
}

const COMMITTEES: &[&str] = &["TC", "SC", "WG", "JTC", "SG", "PC", "FG", "SWG"];

words! {
    /// A number after these is none of a date.
    LABELS =
        "电话 传真 手机 邮编 邮政编码 热线 QQ 微信 备案 账号 帐号 税号 浏览 点击 阅读 访问量 ISBN ISSN 会议号 \
        会议ID 密码 编码 联系方式 联系人 版本 Tel TEL"
}

/// What follows a number in brackets after a name: `《…》（2017年11月4日修订）`.
const EDITIONS: &[&str] = &["修订", "修正", "通过", "年版", "废止", "公告第", "令第", "号令", "号)", "号公告", "发布)"];

impl Masked {
    pub fn of(text: &Text) -> Self {
        let blank = vec![false; text.len()];
        let mut masked = Self { opaque: blank.clone(), quoted: blank, standards: Vec::new() };
        let mut at = 0;
        while at < text.len() {
            at = masked.take(text, at).max(at + 1);
        }
        masked
    }

    pub fn is_opaque(&self, at: usize) -> bool {
        self.opaque.get(at).copied().unwrap_or(false)
    }

    pub fn is_quoted(&self, at: usize) -> bool {
        self.quoted.get(at).copied().unwrap_or(false)
    }

    fn hide(&mut self, range: Range<usize>) -> usize {
        let end = range.end;
        if let Some(hidden) = self.opaque.get_mut(range) {
            hidden.fill(true);
        }
        end
    }

    /// Hides what begins here, and says where reading goes on.
    fn take(&mut self, text: &Text, at: usize) -> usize {
        let Some(first) = text.at(at) else { return at };
        if matches!(first, '《' | '「' | '『' | '“' | '〈')
            && let Some(end) = text.bracket(at).filter(|end| !is_speech(text, at..*end))
        {
            if let Some(quoted) = self.quoted.get_mut(at..end) {
                quoted.fill(true);
            }
            if matches!(first, '“' | '〈') {
                return at + 1;
            }
            self.hide(at..end);
            // Standards are named inside of them too.
            for inside in at..end {
                self.standards.extend(
                    standard(text, inside).map(|(identifier, end)| Standard { identifier, place: inside..end }),
                );
            }
            return edition(text, end).map_or(end, |past| self.hide(end..past));
        }
        if let Some((identifier, end)) = standard(text, at) {
            self.standards.push(Standard { identifier, place: at..end });
            return self.hide(at..end);
        }
        if is_citation(text, at) {
            return self.hide(at..text.len());
        }
        let end = passed(text, at)
            .or_else(|| lunar(text, at))
            .or_else(|| labelled(text, at))
            .or_else(|| bracketed_year(text, at))
            .or_else(|| ordinal(text, at))
            .or_else(|| latin(text, at))
            .or_else(|| chain(text, at));
        end.map_or(at + 1, |end| self.hide(at..end))
    }
}

fn digits(text: &Text, at: usize) -> usize {
    (at..).take_while(|at| text.at(*at).is_some_and(|c| c.is_ascii_digit())).count()
}

fn letters(text: &Text, at: usize) -> usize {
    (at..).take_while(|at| text.at(*at).is_some_and(|c| c.is_ascii_alphabetic())).count()
}

/// The stage at which a draft of an international standard is: `ISO/IEC DIS 25568`.
fn is_stage(word: &str) -> bool {
    matches!(word, "CD" | "DIS" | "FDIS" | "WD" | "NP" | "PWI" | "AWI" | "CDV" | "DTR" | "DTS" | "NWIP" | "PRF")
}

/// Reads `GB/T 35273—2020`, `T/ZLLX018-2023`, `ISO/IEC 30145-3:2020`, `YD/T 1312.1-2015`, `DB31/T 329.1—2019`.
fn standard(text: &Text, at: usize) -> Option<(String, usize)> {
    if !text.at(at)?.is_ascii_uppercase()
        || text.before(at).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '@'))
    {
        return None;
    }
    let first_end = at + letters(text, at);
    let first = text.plain(at..first_end);
    let mut name = first.clone();
    let mut next = first_end;
    if first == "DB" {
        let province = digits(text, next);
        name.push_str(&text.plain(next..next + province));
        next += province;
    }
    let mut is_known = PUBLISHERS.contains(&&*first) || name.starts_with("DB");
    loop {
        let glue = text.at(next).filter(|c| matches!(c, '/' | ' ' | '-'));
        let Some(glue) = glue else { break };
        let length = letters(text, next + 1);
        if !(1..=10).contains(&length) {
            break;
        }
        let part = text.plain(next + 1..next + 1 + length);
        if COMMITTEES.contains(&&*part) {
            return None;
        }
        let is_series = matches!(&*part, "T" | "Z" | "TR" | "TS" | "PAS" | "R" | "Guide" | "SP" | "E" | "H" | "W");
        let is_series = is_series
            || is_stage(&part) && text.at(next + 1 + length) == Some(' ') && digits(text, next + 2 + length) > 0;
        let is_upper = part.chars().all(|c| c.is_ascii_uppercase());
        if !(is_series || PUBLISHERS.contains(&&*part) || (glue == '/' && is_upper)) {
            break;
        }
        is_known |= glue == '/' && is_upper;
        name.push(glue);
        name.push_str(&part);
        next += 1 + length;
    }
    if matches!(text.at(next), Some(' ' | '.')) && digits(text, next + 1) > 0 {
        next += 1;
    }
    let is_short = name.chars().count() >= 2 && first.len() <= 7;
    let number = digits(text, next);
    if !(1..=6).contains(&number) || !is_short || !first.chars().all(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let mut identifier = format!("{name} {}", text.plain(next..next + number));
    next += number;
    let mut has_year = false;
    while let Some(mark) = text.at(next).filter(|c| matches!(c, '.' | '-' | ':')) {
        let mark_length = if text.is(next, "--") { 2 } else { 1 };
        let length = digits(text, next + mark_length);
        let part = text.plain(next + mark_length..next + mark_length + length);
        let is_year = length == 4 && matches!(part.get(..2), Some("19" | "20"));
        if length == 0 || length > 4 || (length == 3 && mark != '.') {
            break;
        }
        // `GB 4706.1-84`
        has_year = is_year || (mark != '.' && length == 2);
        identifier.push(mark);
        identifier.push_str(&part);
        next += mark_length + length;
        if is_year {
            break;
        }
    }
    (is_known || has_year).then_some(())?;
    // `ISO 2020年年会`: the year of something else.
    let is_bare_year = !has_year && number == 4 && text.at(next).is_some_and(|c| matches!(c, '年' | '-'));
    (!is_bare_year).then_some((identifier, next))
}

/// `（2017年11月4日修订）`, `（2020—2025年）`, after a name.
fn edition(text: &Text, at: usize) -> Option<usize> {
    let end = (text.at(at)? == '(').then(|| text.bracket(at)).flatten()?;
    let is_span = digits(text, at + 1) == 4 && text.at(at + 5).is_some_and(|c| matches!(c, '-' | '~' | '至'));
    (text.holds(at..end, EDITIONS) || is_span).then_some(end)
}

/// `（2021年3月5日第十三届…会议通过）` below the name of a law.
fn passed(text: &Text, at: usize) -> Option<usize> {
    let end = (text.at(at)? == '(' && digits(text, at + 1) == 4).then(|| text.bracket(at)).flatten()?;
    text.holds(at..end, &["通过", "修正", "修订", "公布)", "号发布", "号公布"]).then_some(end)
}

/// `农历四月初八`, `（农历八月十五，星期日）`
fn lunar(text: &Text, at: usize) -> Option<usize> {
    let word = text.one_of(at, &["农历", "阴历", "旧历", "夏历"])?;
    let rest = (word..text.len()).take(10).take_while(|at| text.at(*at).is_some_and(is_han)).count();
    Some(word + rest)
}

/// The number after `电话：` or `邮编`, as far as it goes.
fn labelled(text: &Text, at: usize) -> Option<usize> {
    text.at(at).filter(|c| "电传手邮热QI微备账帐税浏点阅访会密编联版T".contains(*c))?;
    let word = text.one_of(at, &LABELS)?;
    let begin = (word..word + 8).find(|at| text.at(*at).is_some_and(|c| c.is_ascii_digit() || c == '+'))?;
    let belongs =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '/' | '(' | ')' | '.' | '转' | '、' | '号' | '~');
    let length = (begin..).take(60).take_while(|at| text.at(*at).is_some_and(belongs)).count();
    // Not past a date: `编码 12 2020年1月1日`.
    (!matches!(text.at(begin + length), Some('年' | '月' | '日'))).then_some(begin + length)
}

/// `〔2021〕47号`, `[2012]1038號`, `（2020）第12号`
fn bracketed_year(text: &Text, at: usize) -> Option<usize> {
    if !matches!(text.at(at)?, '〔' | '[' | '(' | '|') {
        return None;
    }
    let year = digits(text, at + 1);
    let close = at + 1 + year;
    if !(2..=4).contains(&year) || !matches!(text.at(close)?, '〕' | ']' | ')' | ':') {
        return None;
    }
    let number = close + 1 + usize::from(text.is(close + 1, "第"));
    let length = digits(text, number);
    (length > 0 && text.is(number + length, "号")).then_some(number + length + 1)
}

/// `2021年第31号`, `2020年第12号`, `第10904601120號`, `第3/12页`, `2021年8号`
fn ordinal(text: &Text, at: usize) -> Option<usize> {
    let is_counted = |c: char| "号期批次卷届页条款章项版季".contains(c);
    let mut next = at;
    let year = digits(text, at);
    if year > 0 {
        if text.before(at).is_some_and(|c| c.is_ascii_digit()) || !(2..=4).contains(&year) || !text.is(at + year, "年")
        {
            return None;
        }
        next = at + year + 1;
    }
    let is_numbered = text.is(next, "第");
    if !is_numbered && year == 0 {
        return None;
    }
    next += usize::from(is_numbered);
    let length = (next..)
        .take(24)
        .take_while(|at| text.at(*at).is_some_and(|c| c.is_ascii_digit() || matches!(c, '/' | '-' | ' ')))
        .count();
    let end = next + length;
    match text.at(end) {
        // The third quarter is a date.
        Some('季') => None,
        Some(c) if length > 0 && is_counted(c) => Some(end + 1),
        _ => None,
    }
}

/// Letters and numbers together, such as `V2.0.2023.1015`, addresses of the web and of mail.
fn latin(text: &Text, at: usize) -> Option<usize> {
    let belongs = |c: char| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '(' | ')' | '|' | '"' | '!' | '<' | '>');
    let is_colon = |at: usize| text.at(at) == Some(':') && text.at(at + 1) != Some('/');
    let is_head = text.at(at)?.is_ascii_alphanumeric() && !text.before(at).is_some_and(|c| belongs(c) && c != ':');
    if !is_head {
        return None;
    }
    // `Freeze——9月11日`: a dash as long as two characters parts words.
    let is_end = |at: usize| is_colon(at) || text.is(at, "--");
    let run = (at..).take(400).take_while(|at| text.at(*at).is_some_and(belongs) && !is_end(*at)).count();
    let word = text.plain(at..at + run);
    let has_letter = word.contains(|c: char| c.is_ascii_alphabetic());
    // `2022-03-01T14:00`, `2024Q2`, `9:00AM`, `18:00Z`
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
    let is_moment =
        matches!(letters.as_str(), "T" | "TZ" | "Q" | "AM" | "PM" | "Z" | "UTC" | "GMT" | "AMPM" | "AMAM" | "PMPM");
    let is_dated =
        (word.starts_with(|c: char| c.is_ascii_digit()) && is_moment && !word.contains("-T-")) || is_quarter(&word);
    if super::dates::is_english_date(&word) {
        return None;
    }
    (has_letter && (!is_dated || word.contains("://") || word.contains('@'))).then_some(at + run)
}

fn is_quarter(word: &str) -> bool {
    matches!(word, "Q1" | "Q2" | "Q3" | "Q4")
}

/// Numbers joined by dashes, dots or slashes that are no date: `1990-1994`, `2.0.2023.1015`, `010-6857 2021`; and
/// those too long for one.
fn chain(text: &Text, at: usize) -> Option<usize> {
    let is_digit = |c: char| c.is_ascii_digit();
    let is_inside = |c: char| {
        is_digit(c) || c == '.' || (matches!(c, '-' | '/') && at > 1 && text.at(at - 2).is_some_and(is_digit))
    };
    if !is_digit(text.at(at)?) || text.before(at).is_some_and(is_inside) {
        return None;
    }
    let mut groups = vec![digits(text, at)];
    let mut next = at + groups[0];
    while let Some(mark) = text.at(next).filter(|c| matches!(c, '-' | '.' | '/' | '~' | '至')) {
        let length = digits(text, next + 1);
        if length == 0 || groups.len() > 8 {
            break;
        }
        // A range of whole dates is read as such.
        if matches!(mark, '~' | '至') && groups.len() > 1 {
            break;
        }
        groups.push(length);
        next += 1 + length;
    }
    let is_year = |at: usize| matches!(text.plain(at..at + 2).as_str(), "19" | "20" | "21");
    let is_opaque = match groups.as_slice() {
        [8] => !is_year(at),
        [one] => *one > 4,
        [4, 4] => true,
        [4, 1..=2] | [4, 1..=2, 1..=2] | [4, 1..=2, 1..=2, 4, ..] => !is_year(at),
        [3, 1..=2, 1..=2] => !text.is(at, "1"),
        [4, 1..=2, 1..=2, 1..=2] | [4, 1..=2, 1..=2, 1..=2, 1..=2] => !is_year(at),
        [1..=2, 1..=2] | [1..=2, 1..=2, 1..=2] | [1..=2, 1..=2, 1..=2, 1..=2] => false,
        _ => true,
    };
    // `2021—2025年`, also without the second century.
    is_opaque.then(|| next + usize::from(text.is(next, "年") && groups.len() > 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standards(sentence: &str) -> Vec<String> {
        Masked::of(&Text::new(sentence)).standards.into_iter().map(|standard| standard.identifier).collect()
    }

    fn hidden(sentence: &str) -> Vec<String> {
        let text = Text::new(sentence);
        let masked = Masked::of(&text);
        let shown: String =
            (0..text.len()).map(|at| if masked.is_opaque(at) { text.at(at).unwrap_or(' ') } else { '\n' }).collect();
        shown.split('\n').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn standards_are_known_in_every_spelling() {
        for (sentence, expected) in [
            ("符合GB/T 35273—2020《个人信息安全规范》和GB 18384-2020", vec!["GB/T 35273-2020", "GB 18384-2020"]),
            (
                "T/ZLLX018—2023、JJG 196-2006、YD/T 1312.1-2015",
                vec!["T/ZLLX 018-2023", "JJG 196-2006", "YD/T 1312.1-2015"],
            ),
            ("DB31／T 329.1－2019与ISO/IEC 30145-3:2020", vec!["DB31/T 329.1-2019", "ISO/IEC 30145-3:2020"]),
            ("ISO 24067-5:2022已于8月30日发布", vec!["ISO 24067-5:2022"]),
            ("ISO/TC 351于2022年召开，ISO 2020年年会", vec![]),
            ("《电子收费》（GB/T 20851.1—2019）", vec!["GB/T 20851.1-2019"]),
        ] {
            assert_eq!(standards(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn numbers_of_documents_and_telephones_are_hidden_and_dates_are_not() {
        for (sentence, expected) in [
            ("国标委发〔2022〕36号，2021年第31号公告", vec!["〔2022〕36号", "2021年第31号"]),
            ("（2021—2025年）和1990-1994年", vec!["2021-2025年", "1990-1994年"]),
            ("電話：010-6857 2021，邮编：202310", vec!["电话:010-68572021", "邮编:202310"]),
            ("2020-10-01至2020-10-31，9:00-17:30，9.16-9.18", vec![]),
            ("《安全法》（2017年11月4日修订）", vec!["《安全法》(2017年11月4日修订)"]),
            ("程序V2.0.2023.1015", vec!["V2.0.2023.1015"]),
            ("5月8日（农历四月初八，星期日）", vec!["农历四月初八"]),
            ("經標字第10904601120號令", vec!["第10904601120号"]),
        ] {
            let found = hidden(sentence).into_iter().map(|part| part.replace(' ', "")).collect::<Vec<_>>();
            assert_eq!(found, expected, "{sentence}");
        }
    }
}
