//! The heads of a table of events: our own names of columns, and what offices, Outlook and Google write instead.

use super::{Column, Field, Kind};
use crate::domain::heads::{self, Heads, squeezed};

/// What stands in a column of a table of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    Column(Column),
    /// A start that says of which kind the event is.
    Dated(Kind),
    /// The time of the day, beside a date; without one, all of it.
    StartTime,
    EndTime,
    /// Whether it has no hours.
    AllDay,
    /// Whether others are not to see it.
    Private,
    /// What other programs keep and we don't.
    Nothing,
}

impl heads::Head for Head {
    fn name(self) -> &'static str {
        match self {
            Self::Column(column) => column.name(),
            Self::Dated(_) => Field::Start.as_str(),
            Self::StartTime => "start time",
            Self::EndTime => "end time",
            Self::AllDay => "all day",
            Self::Private => "private",
            Self::Nothing => "",
        }
    }

    fn is_kept(self) -> bool {
        self != Self::Nothing
    }
}

const TITLE: Head = Head::Column(Column::Field(Field::Title));
const START: Head = Head::Column(Column::Field(Field::Start));
const END: Head = Head::Column(Column::Field(Field::End));
const KIND: Head = Head::Column(Column::Field(Field::Kind));
const LOCATION: Head = Head::Column(Column::Field(Field::Location));
const ORGANIZER: Head = Head::Column(Column::Field(Field::Organizer));
const TOPICS: Head = Head::Column(Column::Field(Field::Topics));
const STANDARDS: Head = Head::Column(Column::Field(Field::Standards));
const URL: Head = Head::Column(Column::Field(Field::Url));
const JOIN_URL: Head = Head::Column(Column::Field(Field::JoinUrl));
const DESCRIPTION: Head = Head::Column(Column::Field(Field::Description));
const STATUS: Head = Head::Column(Column::Field(Field::Status));
const REPEAT: Head = Head::Column(Column::Field(Field::Repeat));

/// Only what means one thing wherever it stands.
const OTHERS: &[(&str, Head)] = &[
    ("Subject", TITLE),
    ("Event", TITLE),
    ("Event name", TITLE),
    ("Event title", TITLE),
    ("Meeting", TITLE),
    ("Titel", TITLE),
    ("Betreff", TITLE),
    ("标题", TITLE),
    ("主题", TITLE),
    ("名称", TITLE),
    ("会议名称", TITLE),
    ("活动名称", TITLE),
    ("标准名称", TITLE),
    ("Date", START),
    ("Start date", START),
    ("Date from", START),
    ("From", START),
    ("Begin", START),
    ("Begins", START),
    ("Starts", START),
    ("Datum", START),
    ("Beginn", START),
    ("日期", START),
    ("开始日期", START),
    ("起始日期", START),
    ("End date", END),
    ("Date to", END),
    ("To", END),
    ("Until", END),
    ("Ends", END),
    ("Ende", END),
    ("结束日期", END),
    ("Effective date", Head::Dated(Kind::EffectiveDate)),
    ("Date of entry into force", Head::Dated(Kind::EffectiveDate)),
    ("实施日期", Head::Dated(Kind::EffectiveDate)),
    ("生效日期", Head::Dated(Kind::EffectiveDate)),
    ("Release date", Head::Dated(Kind::Release)),
    ("发布日期", Head::Dated(Kind::Release)),
    ("Deadline", Head::Dated(Kind::Deadline)),
    ("Due date", Head::Dated(Kind::Deadline)),
    ("Time", Head::StartTime),
    ("Start time", Head::StartTime),
    ("Uhrzeit", Head::StartTime),
    ("时间", Head::StartTime),
    ("开始时间", Head::StartTime),
    ("End time", Head::EndTime),
    ("结束时间", Head::EndTime),
    ("All day", Head::AllDay),
    ("All day event", Head::AllDay),
    ("全天", Head::AllDay),
    ("全天事件", Head::AllDay),
    ("Private", Head::Private),
    ("Sensitivity", Head::Private),
    ("Type", KIND),
    ("Event type", KIND),
    ("类型", KIND),
    ("种类", KIND),
    ("Place", LOCATION),
    ("Venue", LOCATION),
    ("Where", LOCATION),
    ("Room", LOCATION),
    ("Ort", LOCATION),
    ("地点", LOCATION),
    ("会议地点", LOCATION),
    ("活动地点", LOCATION),
    ("Organiser", ORGANIZER),
    ("Organised by", ORGANIZER),
    ("Organized by", ORGANIZER),
    ("Meeting organizer", ORGANIZER),
    ("Host", ORGANIZER),
    ("Veranstalter", ORGANIZER),
    ("主办", ORGANIZER),
    ("主办方", ORGANIZER),
    ("主办单位", ORGANIZER),
    ("组织者", ORGANIZER),
    ("Topic", TOPICS),
    ("Tags", TOPICS),
    ("Categories", TOPICS),
    ("Keywords", TOPICS),
    ("标签", TOPICS),
    ("Standard", STANDARDS),
    ("Standard number", STANDARDS),
    ("标准号", STANDARDS),
    ("标准编号", STANDARDS),
    ("Link", URL),
    ("Website", URL),
    ("Web page", URL),
    ("Web address", URL),
    ("链接", URL),
    ("网址", URL),
    ("Join link", JOIN_URL),
    ("Meeting link", JOIN_URL),
    ("会议链接", JOIN_URL),
    ("Details", DESCRIPTION),
    ("Notes", DESCRIPTION),
    ("Remarks", DESCRIPTION),
    ("Comments", DESCRIPTION),
    ("Beschreibung", DESCRIPTION),
    ("描述", DESCRIPTION),
    ("说明", DESCRIPTION),
    ("备注", DESCRIPTION),
    ("内容", DESCRIPTION),
    ("状态", STATUS),
    ("RRULE", REPEAT),
    ("Recurrence", REPEAT),
    ("Time zone", Head::Column(Column::Field(Field::Timezone))),
    ("时区", Head::Column(Column::Field(Field::Timezone))),
    ("No.", Head::Nothing),
    ("Nr.", Head::Nothing),
    ("#", Head::Nothing),
    ("序号", Head::Nothing),
    ("Weekday", Head::Nothing),
    ("Day of week", Head::Nothing),
    ("星期", Head::Nothing),
    ("Reminder on/off", Head::Nothing),
    ("Reminder date", Head::Nothing),
    ("Reminder time", Head::Nothing),
    ("Required attendees", Head::Nothing),
    ("Optional attendees", Head::Nothing),
    ("Meeting resources", Head::Nothing),
    ("Billing information", Head::Nothing),
    ("Mileage", Head::Nothing),
    ("Priority", Head::Nothing),
    ("Show time as", Head::Nothing),
];

impl Head {
    pub fn all() -> Heads<Self> {
        let columns = Column::all().map(|column| (column.name(), Self::Column(column))).collect();
        Heads::new(columns, OTHERS)
    }
}

impl Kind {
    /// The kind that a table names by another word than ours, where that means one thing.
    pub fn in_other_words(given: &str) -> Option<Self> {
        let words: &[(&str, Self)] = &[
            ("meetings", Self::Meeting),
            ("会议", Self::Meeting),
            ("forums", Self::Forum),
            ("论坛", Self::Forum),
            ("releases", Self::Release),
            ("releasedate", Self::Release),
            ("发布", Self::Release),
            ("effectivedate", Self::EffectiveDate),
            ("entryintoforce", Self::EffectiveDate),
            ("实施", Self::EffectiveDate),
            ("实施日期", Self::EffectiveDate),
            ("生效", Self::EffectiveDate),
            ("生效日期", Self::EffectiveDate),
            ("deadlines", Self::Deadline),
            ("duedate", Self::Deadline),
            ("截止", Self::Deadline),
            ("截止日期", Self::Deadline),
            ("others", Self::Other),
            ("其他", Self::Other),
            ("其它", Self::Other),
        ];
        let given = squeezed(given);
        words.iter().find(|(word, _)| *word == given).map(|(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heads::Head as _;

    #[test]
    fn what_offices_write_is_told_from_what_they_do_not() {
        let heads = Head::all();
        for (given, name) in [
            ("Effective Date", "start"),
            ("START DATE", "start"),
            ("Subject", "title"),
            ("标题", "title"),
            ("Time Zone", "timezone"),
            ("Start Time", "start time"),
            ("All day event", "all day"),
            ("邮箱", "none"),
        ] {
            assert_eq!(heads.find(given).map_or("none", |found| found.head.name()), name, "{given}");
        }
        assert_eq!((heads.like("Efective date"), heads.like("loction")), (Some("Effective date"), Some("location")));
    }

    #[test]
    fn no_word_of_others_is_one_of_ours_and_none_is_there_twice() {
        let mut seen: Vec<String> = Vec::new();
        for (word, head) in OTHERS {
            let word = squeezed(word);
            let own = Column::all().find(|column| squeezed(column.name()) == word);
            assert!(own.is_none_or(|column| *head == Head::Column(column)), "{word}");
            assert!(!word.is_empty() && !seen.contains(&word), "{word}");
            seen.push(word);
        }
    }
}
