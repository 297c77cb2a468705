//! What sets the kinds of events apart. Whoever treats them differently asks here, and names no kind.

use super::Kind;
use crate::domain::section::Section;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// Whether people spend the time of it there; a release or a deadline blocks nobody's day.
    pub is_attended: bool,
    /// Where an edition tells what goes on or is near.
    pub coming: Section,
    /// Where an edition tells what is over. Nowhere, if whoever missed it can't make up for it.
    pub past: Option<Section>,
    /// Whether one that is sure, and of which the month alone is known, is over as soon as its month begins.
    pub is_out_with_its_month: bool,
    /// What a title has that says the kind itself, in small letters.
    pub said_by: &'static [&'static str],
    /// On a light page and on a dark one, as CSS writes them.
    pub colours: [&'static str; 2],
}

/// Where a title says of what kind its event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindSaid {
    Nowhere,
    Within,
    /// `GB/T 35273-2020 takes effect`.
    AtItsEnd,
}

/// What most have in common.
const USUAL: Traits = Traits {
    is_attended: false,
    coming: Section::Upcoming,
    past: Some(Section::Held),
    is_out_with_its_month: false,
    said_by: &[],
    colours: ["#7b8794", "#9aa5b1"],
};

impl Kind {
    pub fn traits(self) -> Traits {
        match self {
            Kind::Meeting => Traits {
                is_attended: true,
                said_by: &["meeting", "meetings", "会议"],
                colours: ["#2f6fb2", "#6aa9e6"],
                ..USUAL
            },
            Kind::Forum => {
                Traits { is_attended: true, said_by: &["forum", "论坛"], colours: ["#1f8a70", "#4fc3a1"], ..USUAL }
            }
            Kind::Release => Traits {
                past: Some(Section::Released),
                is_out_with_its_month: true,
                said_by: &["release", "releases", "released", "发布"],
                colours: ["#6b4fa0", "#a98be0"],
                ..USUAL
            },
            Kind::EffectiveDate => Traits {
                coming: Section::Effective,
                past: Some(Section::InEffect),
                said_by: &[
                    "takes effect",
                    "take effect",
                    "in effect",
                    "into effect",
                    "in force",
                    "into force",
                    "effective date",
                    "becomes effective",
                    "生效",
                    "施行",
                    "正式实施",
                    "开始实施",
                ],
                colours: ["#d98200", "#f0b04c"],
                ..USUAL
            },
            Kind::Deadline => Traits {
                coming: Section::Deadlines,
                past: None,
                said_by: &["deadline", "due", "closes", "ends", "截止", "截至"],
                colours: ["#c92a37", "#ff8088"],
                ..USUAL
            },
            Kind::Other => USUAL,
        }
    }
}

impl Traits {
    /// Whether a title says the kind: nobody says it once more then.
    pub fn said_in(self, title: &str) -> KindSaid {
        let title = title.to_lowercase();
        // A word of Latin letters is whole; Chinese has no gaps between words.
        let is_whole = |word: &str, at: usize| {
            let ends_there = |c: Option<char>| !word.is_ascii() || c.is_none_or(|c| !c.is_alphanumeric());
            let (before, behind) = (&title[..at], &title[at + word.len()..]);
            ends_there(before.chars().next_back()) && ends_there(behind.chars().next())
        };
        let found = self.said_by.iter().flat_map(|&word| title.match_indices(word));
        let end = found.filter(|(at, word)| is_whole(word, *at)).map(|(at, word)| at + word.len()).max();
        match end {
            None => KindSaid::Nowhere,
            Some(end) if end == title.len() => KindSaid::AtItsEnd,
            Some(_) => KindSaid::Within,
        }
    }

    /// Whether the heading under which an edition tells it says already what kind of event it is.
    pub fn has_own_section(self) -> bool {
        self.coming != Section::Upcoming
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_may_say_its_kind() {
        for (kind, title, expected) in [
            (Kind::EffectiveDate, "GB/T 35273-2020 takes effect", KindSaid::AtItsEnd),
            (Kind::EffectiveDate, "Takes effect: GB/T 35273-2020", KindSaid::Within),
            (Kind::EffectiveDate, "信息安全规范生效", KindSaid::AtItsEnd),
            (Kind::EffectiveDate, "The greenhouse effect, measured", KindSaid::Nowhere),
            (Kind::EffectiveDate, "Deadline", KindSaid::Nowhere),
            (Kind::Deadline, "Deadline for comments", KindSaid::Within),
            (Kind::Deadline, "Weekends and holidays", KindSaid::Nowhere),
            (Kind::Meeting, "The deadline", KindSaid::Nowhere),
            (Kind::Release, "Release of Rust 1.90", KindSaid::Within),
            (Kind::Release, "Rust 1.90发布", KindSaid::AtItsEnd),
            (Kind::Release, "Prereleases", KindSaid::Nowhere),
            (Kind::Meeting, "标准化会议", KindSaid::AtItsEnd),
            (Kind::Forum, "Forum on cities", KindSaid::Within),
            (Kind::Other, "Another", KindSaid::Nowhere),
        ] {
            assert_eq!(kind.traits().said_in(title), expected, "{title}");
        }
    }
}
