//! The parts of an edition.

use super::words;

words! {
    /// In the order in which they are told. Its word names its heading in `locales/` (`section-…`), and its colour.
    pub enum Section, "section of an edition" {
        /// What editors put first.
        First => "first",
        /// What was moved, cancelled, put elsewhere.
        Changes => "changes",
        Effective => "effective",
        Deadlines => "deadlines",
        /// All else that has a day.
        Upcoming => "upcoming",
        /// Of which only a month, a quarter or a year is known, and what is new and beyond reach.
        Ahead => "ahead",
        /// What takes effect, once it has.
        InEffect => "in-effect",
        Released => "released",
        Held => "held",
        Articles => "articles",
    }
}

/// In what order a section tells its events, and under what headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    ByBeginning,
    /// By beginning too, under a heading for each week.
    ByWeek,
    /// What ended last comes first.
    LatestFirst,
}

impl Section {
    pub fn order(self) -> Order {
        match self {
            Section::Upcoming => Order::ByWeek,
            Section::InEffect | Section::Released | Section::Held => Order::LatestFirst,
            Section::First
            | Section::Changes
            | Section::Effective
            | Section::Deadlines
            | Section::Articles
            | Section::Ahead => Order::ByBeginning,
        }
    }
}
