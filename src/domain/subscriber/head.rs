//! The heads of a table of people: our own names, and what offices and address books write instead.

use crate::domain::heads::{self, Heads};

/// What stands in a column of a table of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    Email,
    Name,
    /// Halves of a name.
    FirstName,
    LastName,
    Digests,
    Topics,
    Timezone,
    Locale,
    ConsentAt,
    ConsentNote,
    Kinds,
    SendHour,
    /// What other programs keep and we don't.
    Nothing,
}

/// An export writes them in this order; only the first is needed.
const COLUMNS: [(&str, Head); 10] = [
    ("email", Head::Email),
    ("name", Head::Name),
    ("digests", Head::Digests),
    ("topics", Head::Topics),
    ("timezone", Head::Timezone),
    ("locale", Head::Locale),
    ("consent_at", Head::ConsentAt),
    ("consent_note", Head::ConsentNote),
    ("kinds", Head::Kinds),
    ("send_hour", Head::SendHour),
];

const OTHERS: &[(&str, Head)] = &[
    ("E-mail Address", Head::Email),
    ("Mail", Head::Email),
    ("Mail address", Head::Email),
    ("E-Mail-Adresse", Head::Email),
    ("邮箱", Head::Email),
    ("邮箱地址", Head::Email),
    ("电子邮箱", Head::Email),
    ("电子邮件", Head::Email),
    ("电子邮件地址", Head::Email),
    ("Full name", Head::Name),
    ("Display name", Head::Name),
    ("姓名", Head::Name),
    ("名字", Head::Name),
    ("First name", Head::FirstName),
    ("Given name", Head::FirstName),
    ("Vorname", Head::FirstName),
    ("Last name", Head::LastName),
    ("Family name", Head::LastName),
    ("Surname", Head::LastName),
    ("Nachname", Head::LastName),
    ("Digest", Head::Digests),
    ("Topic", Head::Topics),
    ("Kind", Head::Kinds),
    ("Time zone", Head::Timezone),
    ("时区", Head::Timezone),
    ("Language", Head::Locale),
    ("Sprache", Head::Locale),
    ("语言", Head::Locale),
    ("Consent", Head::ConsentAt),
    ("Consent date", Head::ConsentAt),
    ("Date of consent", Head::ConsentAt),
    ("同意日期", Head::ConsentAt),
    ("同意时间", Head::ConsentAt),
    ("No.", Head::Nothing),
    ("Nr.", Head::Nothing),
    ("#", Head::Nothing),
    ("序号", Head::Nothing),
];

impl heads::Head for Head {
    fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::Nothing => "",
            own => COLUMNS.iter().find(|(_, head)| *head == own).map_or("", |(name, _)| name),
        }
    }

    fn is_kept(self) -> bool {
        self != Self::Nothing
    }
}

impl Head {
    pub fn all() -> Heads<Self> {
        Heads::new(COLUMNS.to_vec(), OTHERS)
    }

    /// The names of ours, in the order of an export.
    pub fn names() -> [&'static str; 10] {
        COLUMNS.map(|(name, _)| name)
    }
}
