//! A sentence cut into words, numbers and marks, with their places.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Letters, or digits that letters follow, such as `5G` and `25th`.
    Word,
    /// Digits alone.
    Number(u32),
    Mark,
    /// A number that is no part of a date: an identifier, a sum, a telephone number, an address of the web.
    Opaque,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// Its first octet in the sentence.
    pub at: usize,
    pub class: Class,
    /// Whether white space stands before it.
    pub spaced: bool,
}

impl Token<'_> {
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Whether it is this word or mark, whatever its case.
    #[inline]
    pub fn is(&self, word: &str) -> bool {
        // Most words differ in length, which costs nothing to see.
        self.text.len() == word.len() && self.class != Class::Opaque && self.text.eq_ignore_ascii_case(word)
    }

    #[inline]
    pub fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    pub fn number(&self) -> Option<u32> {
        match self.class {
            Class::Number(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_word(&self) -> bool {
        self.class == Class::Word
    }

    pub fn is_capitalised(&self) -> bool {
        self.is_word() && self.text.starts_with(char::is_uppercase)
    }

    pub fn is_dash(&self) -> bool {
        self.class == Class::Mark && is_dash(self.text)
    }

    /// Quotation marks and brackets that open.
    pub fn opens(&self) -> bool {
        matches!(self.text, "(" | "[" | "“" | "‘" | "«" | "„")
    }
}

/// Any of the dashes that people and programs put between two numbers or clauses.
pub fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "‐" | "‑" | "‒" | "–" | "—" | "―" | "−" | "－" | "~" | "～")
}

pub fn tokens(sentence: &str) -> Vec<Token<'_>> {
    // A word with the space behind it is rarely shorter.
    let mut tokens = Vec::with_capacity(sentence.len() / 4 + 1);
    let mut spaced = false;
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        let at = sentence.len() - rest.len();
        let length = match first {
            c if c.is_whitespace() => {
                spaced = true;
                rest = &rest[c.len_utf8()..];
                continue;
            }
            c if c.is_alphanumeric() => word_length(rest),
            c => c.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token { text, at, class: class(text), spaced });
        spaced = false;
        rest = after;
    }
    tokens
}

/// A word with the apostrophes inside of it, or a number with the commas between its thousands.
fn word_length(text: &str) -> usize {
    let run = |text: &str, belongs: fn(char) -> bool| text.find(|c: char| !belongs(c)).unwrap_or(text.len());
    // Most words are of ASCII.
    let ascii = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = match text.as_bytes().get(ascii) {
        Some(next) if !next.is_ascii() => run(text, char::is_alphanumeric),
        _ => ascii,
    };
    if digits == length {
        while let Some(thousands) =
            text[length..].strip_prefix(',').filter(|next| run(next, |c| c.is_ascii_digit()) == 3)
        {
            if thousands[3..].starts_with(char::is_alphabetic) {
                break;
            }
            length += 4;
        }
        return length;
    }
    while let Some(next) = text[length..].strip_prefix(['\'', '’']).filter(|next| next.starts_with(char::is_alphabetic))
    {
        length = text.len() - next.len() + run(next, char::is_alphanumeric);
    }
    length
}

fn class(text: &str) -> Class {
    match text.chars().next() {
        Some('a'..='z' | 'A'..='Z') => Class::Word,
        Some(first) if !first.is_alphanumeric() => Class::Mark,
        _ if text.bytes().all(|octet| octet.is_ascii_digit()) => text.parse().map_or(Class::Opaque, Class::Number),
        _ if text.contains(',') => Class::Opaque,
        _ => Class::Word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_words_numbers_and_marks() {
        for (sentence, expected) in [
            ("On 28–30 May, 2021", "On|28|–|30|May|,|2021"),
            ("China’s 2,021 units; 5G on the 25th", "China’s|2,021|units|;|5G|on|the|25th"),
            ("14:00 (CET)", "14|:|00|(|CET|)"),
            ("5,000,000 or 3,14", "5,000,000|or|3|,|14"),
        ] {
            let words: Vec<_> = tokens(sentence).iter().map(|token| token.text).collect();
            assert_eq!(words.join("|"), expected);
        }
        assert_eq!(tokens("2,021")[0].class, Class::Opaque);
        assert_eq!(tokens("2021")[0].number(), Some(2021));
    }
}
