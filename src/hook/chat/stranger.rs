//! What strangers wrote, as a chat shows it: as it is, and nothing else happens.

use crate::domain::hook::HookFormat;
use crate::domain::text::{clip, single_line};

/// Longer than any title; of what is longer the beginning tells enough.
const LONGEST: usize = 300;

/// Stands where a chat would see a call or a link, and is not seen.
const GAP: char = '\u{200B}';

/// What Markdown acts upon.
const MARKS: &str = "\\`*_{}[]()<>#+-.!|~&:\"";

/// In the way of this chat.
pub fn text(format: HookFormat, text: &str) -> String {
    let quiet = quiet(&clip(&single_line(text), LONGEST));
    match format {
        HookFormat::Slack => quiet.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        HookFormat::Mattermost => escaped(&quiet),
        // They have marks of their own in plain text, as <at user_id="all">.
        HookFormat::Feishu | HookFormat::Wecom => quiet.replace('<', "＜").replace('>', "＞"),
        HookFormat::Json | HookFormat::Matrix | HookFormat::Teams | HookFormat::Ntfy | HookFormat::Dingtalk => quiet,
    }
}

/// Nobody is called, and nothing is taken for an address: neither `@channel` nor `https://evil.example`.
fn quiet(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut quiet = String::with_capacity(text.len());
    for (at, letter) in letters.iter().enumerate() {
        quiet.push(*letter);
        let next = |ahead: usize| letters.get(at + ahead).copied().unwrap_or(' ');
        let is_alphanumeric = |back: usize| at.checked_sub(back).is_some_and(|at| letters[at].is_alphanumeric());
        let is_gap = match letter {
            '@' | '＠' => true,
            ':' => next(1) == '/' && next(2) == '/',
            '.' | '。' => is_alphanumeric(1) && next(1).is_alphabetic() && next(2).is_alphabetic(),
            _ => false,
        };
        if is_gap {
            quiet.push(GAP);
        }
    }
    quiet
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if MARKS.contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_calls_nobody_and_links_nowhere() {
        for (given, shown) in [
            ("Plenary of SC 42, 9.30 (v2.1)", "Plenary of SC 42, 9.30 (v2.1)"),
            ("@channel @here", "@\u{200B}channel @\u{200B}here"),
            ("see https://evil.example/a", "see https:\u{200B}//evil.\u{200B}example/a"),
            ("www.evil.example", "www.\u{200B}evil.\u{200B}example"),
            ("a\nb\u{202E}c", "a bc"),
        ] {
            assert_eq!(text(HookFormat::Matrix, given), shown);
        }
        assert_eq!(text(HookFormat::Ntfy, &"长".repeat(400)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn each_chat_shows_the_signs_that_it_acts_upon() {
        let given = "<!channel> *A* & [b](c)";
        for (format, shown) in [
            (HookFormat::Slack, "&lt;!channel&gt; *A* &amp; [b](c)"),
            (HookFormat::Mattermost, "\\<\\!channel\\> \\*A\\* \\& \\[b\\]\\(c\\)"),
            (HookFormat::Teams, given),
            (HookFormat::Feishu, "＜!channel＞ *A* & [b](c)"),
        ] {
            assert_eq!(text(format, given), shown, "{format}");
        }
    }
}
