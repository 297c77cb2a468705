//! What an argument is that means the same in many commands, and is described by none of them.

/// By the beginning of the words that lead to the command, and the argument's id.
const WORDS: &[(&str, &str, &str)] = &[
    ("article", "id", "The article's id, as `kalends article list` shows it"),
    ("article", "file", "A file of Markdown with front matter, or \"-\" for standard input"),
    ("article list", "limit", "So many at most [default: all]"),
    ("bounce", "id", "Its id, as `kalends bounce list` shows it"),
    ("digest", "slug", "The digest, by its slug, as `kalends digest list` shows it"),
    ("digest", "edition", "By its name, such as weekly/1, or its id"),
    ("digest preview", "format", "As which the mail is shown"),
    ("digest status", "which", "A digest's slug, or an edition, such as weekly/1 [default: all digests]"),
    ("delivery", "edition", "By its name, such as weekly/1, or its id"),
    ("event", "id", "The event's id, as `kalends event list` shows it"),
    ("event", "ids", "Ids of events, as `kalends event list` shows them"),
    ("event", "kind", "What kind of event it is"),
    ("event", "title", "Its title, such as \"Plenary of TC 260\""),
    ("event", "location", "Where it takes place, such as \"Beijing, hall B\""),
    ("event", "organizer", "Who holds it, such as \"TC 260\""),
    ("event", "url", "Where more is told of it, such as https://example.org/plenary"),
    ("event", "description_file", "The same from a file"),
    ("event", "limit", "So many at most [default: all]"),
    ("acts", "limit", "So many of the newest"),
    ("backup", "file", "Where the copy is written; what is there is never overwritten"),
    ("completions", "shell", "The shell that it is for"),
    ("editor", "email", "Their address, such as ada@example.org"),
    ("editor", "name", "What they are called, such as \"Ada Lovelace\""),
    ("subscriber", "email", "The person's address, such as ada@example.org"),
    ("subscriber", "name", "What they are called, such as \"Ada Lovelace\""),
    ("subscriber", "tz", "Their time zone, an IANA name such as Europe/Brussels [default: the site's]"),
    ("subscriber export", "email", "All that is kept of this person [default: all who agreed to get mail]"),
    ("subscriber import", "file", "A CSV or a workbook (.xlsx), or \"-\" for standard input"),
    ("subscriber unsuppress", "email", "Addresses, such as ada@example.org"),
    ("token", "name", "The token, by its name, as `kalends token list` shows it"),
    ("webhook", "name", "The webhook, by its name, as `kalends webhook list` shows it"),
];

/// Nothing if nobody has said it: a test finds that.
pub fn of(path: &str, id: &str) -> &'static str {
    let is_within =
        |beginning: &str| path.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let found = WORDS.iter().filter(|(beginning, named, _)| *named == id && is_within(beginning));
    found.max_by_key(|(beginning, ..)| beginning.len()).map_or("", |(.., words)| words)
}
