//! What the head of a column says of its cells.

/// What the cells of a column tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Name,
    Date,
    OldDate,
    Time,
    Place,
    Person,
    Organizer,
    /// Days of somebody's life: `Member since`.
    Past,
    /// Numbers, remarks, what was replaced.
    Aside,
    Unknown,
}

pub fn column(head: &str) -> Column {
    let lower = head.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let is_date = has(&["date", "dates", "when", "day", "days", "deadline", "due", "published", "released"]);
    match () {
        () if has(&["since", "joined", "appointed", "qualified", "hired", "born", "founded", "established"]) => {
            Column::Past
        }
        () if has(&["old", "previous", "previously", "original", "originally", "former"])
            && (is_date || words.len() == 1) =>
        {
            Column::OldDate
        }
        () if has(&[
            "replaced",
            "replaces",
            "superseded",
            "supersedes",
            "former",
            "no",
            "nr",
            "number",
            "remarks",
            "remark",
            "notes",
            "note",
            "comment",
            "status",
            "link",
            "url",
            "contact",
            "fee",
            "price",
            "cost",
            "phone",
            "email",
            "registration",
        ]) && !is_date
            && !has(&["standard", "code"]) =>
        {
            Column::Aside
        }
        () if has(&["replaced", "replaces", "superseded"]) => Column::Aside,
        () if is_date => Column::Date,
        () if has(&["time", "times", "hours", "hour", "start", "starts"]) && words.len() <= 2 => Column::Time,
        () if has(&["location", "place", "venue", "room", "where", "city", "site", "hall", "country", "address"]) => {
            Column::Place
        }
        () if has(&[
            "organiser",
            "organizer",
            "organisers",
            "organizers",
            "host",
            "hosts",
            "organised",
            "organized",
        ]) =>
        {
            Column::Organizer
        }
        () if has(&[
            "who",
            "owner",
            "speaker",
            "speakers",
            "presenter",
            "lecturer",
            "responsible",
            "lead",
            "chair",
            "manager",
            "instructor",
            "author",
            "trainer",
        ]) =>
        {
            Column::Person
        }
        () if has(&[
            "what",
            "event",
            "events",
            "title",
            "subject",
            "topic",
            "name",
            "session",
            "meeting",
            "meetings",
            "committee",
            "group",
            "release",
            "version",
            "tag",
            "branch",
            "course",
            "measure",
            "product",
            "examination",
            "exam",
            "activity",
            "milestone",
            "task",
            "standard",
            "talk",
            "seminar",
            "workshop",
            "description",
            "item",
            "phase",
            "stage",
            "step",
            "body",
            "board",
            "provision",
            "requirement",
            "obligation",
            "designation",
            "code",
            "conference",
            "training",
            "module",
            "term",
            "lecture",
            "edition",
            "programme",
            "program",
        ]) =>
        {
            Column::Name
        }
        () => Column::Unknown,
    }
}

/// A head that says no more than that there is a date.
pub fn is_plain_date(head: &str) -> bool {
    let lower = head.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
        ["date", "dates", "when", "day", "days", "and", "time", "new", "revised", "of", "the", "from", "to", "s"]
            .contains(&word)
    })
}

/// Whether a column tells nothing but the beginning, or nothing but the end, of what a row is about: `Start date`, `To`.
pub fn is_edge(head: &str, edge: Edge) -> bool {
    const DAYS: &[&str] = &["date", "time", "day", "on"];
    let edges: &[&str] = match edge {
        Edge::Start => &["start", "starts", "begin", "begins", "beginning", "from", "first"],
        Edge::End => &["end", "ends", "ending", "finish", "finishes", "to", "until", "till", "through", "last"],
    };
    let lower = head.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().any(|word| edges.contains(word))
        && words.iter().all(|word| edges.contains(word) || DAYS.contains(word))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Start,
    End,
}
