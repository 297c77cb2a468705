//! `kalends digest …`

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::draft::{self, local, shown};
use super::exchange;
use super::hold;
use super::output::{ask, may_ask, note, print, print_octets, table, tally};
use super::saying::Saying;
use super::{BY, Context, Done, Failure, browser, correct, sending};
use crate::domain::edition::EditionRef;
use crate::domain::mark::Mark;
use crate::domain::text::without_logins;
use crate::domain::wording::count;
use crate::office;
use crate::office::digests::{EditionWish, EntryWish, NoteAim, Preview, Published, Sending, unset_clock};
use crate::shape::digest::MomentRecord;
use crate::shape::edition::EditionRecord;

#[derive(Debug, Subcommand)]
pub enum DigestCommand {
    /// List the digests of the configuration
    List,
    /// Print the next moments at which a digest is due
    Schedule {
        slug: String,
        /// From this moment on [default: now]
        #[arg(long, value_name = "DATETIME")]
        from: Option<String>,
        /// How many
        #[arg(long, default_value_t = 5, value_name = "N")]
        count: usize,
    },
    /// Print what would be sent
    Preview {
        slug: String,
        /// As it would be then [default: now]
        #[arg(long, value_name = "DATETIME")]
        at: Option<String>,
        #[arg(long, value_enum, default_value = "text")]
        format: PreviewFormat,
        /// As this subscriber would get it
        #[arg(long = "as", value_name = "EMAIL")]
        reader: Option<String>,
        /// Show it in a browser (BROWSER, or the desktop's)
        #[arg(long, conflicts_with = "format")]
        open: bool,
    },
    /// Say something to the readers of the next edition, or show what is said
    ///
    /// It stands at the head of the mails and the archive, and makes an edition also where there is nothing else to tell.
    /// It is said once. Without --file and --subject, what is said is shown; of these two, what is not given stays as it was.
    Note {
        slug: String,
        /// The edition of this day or moment of the schedule [default: the next, also if one is sent by hand before]
        #[arg(long = "for", value_name = "DATE")]
        moment: Option<String>,
        /// The words, in Markdown; - is standard input
        #[arg(long, value_name = "FILE")]
        file: Option<String>,
        /// The subject of its mails; an empty one: as it is without
        #[arg(long, value_name = "TEXT")]
        subject: Option<String>,
        /// To readers of this language alone; the others get what is said to all, or was said first
        #[arg(long, value_name = "LOCALE")]
        locale: Option<String>,
        /// Take it back, that of one language with --locale, else all
        #[arg(long, conflicts_with_all = ["file", "subject"])]
        clear: bool,
    },
    /// Show the next edition as a list: what it tells, leaves out, puts first, and its subject
    Draft {
        slug: String,
        /// The edition of this day or moment of the schedule [default: the next]
        #[arg(long = "for", value_name = "DATE")]
        moment: Option<String>,
        /// In this language [default: the site's]
        #[arg(long, value_name = "LOCALE")]
        locale: Option<String>,
    },
    /// Leave entries out of the next edition: the one after tells them, unless they are over
    LeaveOut {
        #[command(flatten)]
        entries: EntryArgs,
        /// Out of all editions of this digest, until that is undone
        #[arg(long, conflicts_with = "moment")]
        for_good: bool,
    },
    /// Put entries before all else in the next edition; what is put first later stands before
    PutFirst {
        #[command(flatten)]
        entries: EntryArgs,
    },
    /// Tell entries in the next edition that it would not tell by itself, to all of its readers
    Add {
        #[command(flatten)]
        entries: EntryArgs,
    },
    /// Approve the next edition of a digest that asks (approval = "ask"): it goes out when its moment has come
    ///
    /// Dates that change after that are in it, and you are told; another note, subject or choice of entries wants another
    /// approval.
    Approve {
        slug: String,
        /// The edition of this day or moment of the schedule [default: the next, or the one that waits]
        #[arg(long = "for", value_name = "DATE")]
        moment: Option<String>,
    },
    /// Make an edition now and queue it; with --to, send a test mail to one address instead
    ///
    /// It goes to all readers at once, also where per_reader_time is configured, unless --per-reader-time is given. One for
    /// a moment that is still ahead is refused without --instead.
    Send {
        slug: String,
        /// The moment it is for [default: now]
        #[arg(long, value_name = "DATETIME")]
        at: Option<String>,
        /// A test: one mail to this address, no edition
        #[arg(long, value_name = "EMAIL")]
        to: Option<String>,
        /// Each reader gets it when their own clock shows that moment's time, or the hour they chose; who is past it, at
        /// once
        #[arg(long, conflicts_with = "to")]
        per_reader_time: bool,
        /// Now, in the place of the scheduled edition of that moment or the first after it, which is not made again
        #[arg(long, conflicts_with = "to")]
        instead: bool,
        /// Make nothing; say what would go to how many
        #[arg(long, conflicts_with = "to")]
        dry_run: bool,
        /// Do not ask, on a terminal
        #[arg(long)]
        yes: bool,
    },
    /// Hold what is queued of an edition, such as weekly/1, also over a restart
    ///
    /// What is on the wire ends.
    Stop { edition: EditionRef },
    /// Send the rest of an edition that was stopped
    ///
    /// It is said first whose dates have changed since it was made; on a terminal it is asked then.
    GoOn {
        edition: EditionRef,
        /// Only say what would go
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Give up an edition: what was not sent is never sent, and its readers are told by the next one
    Drop {
        edition: EditionRef,
        /// Only say what would be given up
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Put a correction at the head of an edition in the archive, and tell it to those who got it
    ///
    /// By mail it goes to exactly those to whom the edition was sent, or may have been, and who still read the digest.
    Correct {
        edition: EditionRef,
        /// The words, in Markdown; - is standard input
        #[arg(long, value_name = "FILE")]
        file: String,
        /// Tell it by mail, too
        #[arg(long)]
        mail: bool,
    },
    /// Show how the sending of the last edition goes, or of one, such as weekly/1
    Status {
        #[arg(value_name = "SLUG or EDITION")]
        which: Option<String>,
        /// Show how an edition's sending goes, or that of a digest's last, until it is through or Ctrl-C
        #[arg(long, requires = "which")]
        watch: bool,
    },
    /// Make no editions and send none until resumed
    Pause { slug: String },
    /// Go on
    Resume { slug: String },
}

#[derive(Debug, Args)]
pub struct EntryArgs {
    slug: String,
    /// An event by its id, one date of a repeating event as 12@2020-10-05, an article as article:3; as `digest draft` names
    /// them, too
    #[arg(required = true, value_name = "ENTRY")]
    entries: Vec<String>,
    /// Take it back
    #[arg(long)]
    undo: bool,
    /// The edition of this day or moment of the schedule [default: the next, also if one is sent by hand before]
    #[arg(long = "for", value_name = "DATE")]
    moment: Option<String>,
}

impl EntryArgs {
    async fn mark(&self, context: &Context, mark: Mark, is_for_good: bool) -> Done {
        let moment = written(context, &self.slug, "for", self.moment.as_deref())?;
        let wish = EntryWish { mark, entries: &self.entries, moment: moment.as_deref(), is_for_good };
        draft::mark(context, &self.slug, wish, self.undo).await
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PreviewFormat {
    Html,
    Text,
    Eml,
}

pub async fn run(context: Context, command: &DigestCommand) -> Done {
    match command {
        DigestCommand::List => list(&context).await,
        DigestCommand::Schedule { slug, from, count } => schedule(&context, slug, from.as_deref(), *count).await,
        DigestCommand::Preview { slug, at, reader, open: true, .. } if !context.out.is_json() => {
            let preview = previewed(&context, slug, at.as_deref(), reader.as_deref()).await?;
            browser::open(slug, &preview.record.html)
        }
        DigestCommand::Preview { slug, at, format, reader, .. } => {
            preview(&context, slug, at.as_deref(), *format, reader.as_deref()).await
        }
        DigestCommand::Note { slug, moment, file, subject, locale, clear } => {
            let moment = written(&context, slug, "for", moment.as_deref())?;
            let aim = NoteAim { moment: moment.as_deref(), locale: locale.as_deref() };
            match (file, subject) {
                _ if *clear => clear_notes(&context, slug, aim).await,
                (None, None) => notes(&context, slug, aim).await,
                _ => say(&context, slug, aim, file.as_deref(), subject.as_deref()).await,
            }
        }
        DigestCommand::Draft { slug, moment, locale } => {
            let moment = written(&context, slug, "for", moment.as_deref())?;
            let aim = NoteAim { moment: moment.as_deref(), locale: locale.as_deref() };
            draft::show(&context, slug, aim).await
        }
        DigestCommand::LeaveOut { entries, for_good } => entries.mark(&context, Mark::LeftOut, *for_good).await,
        DigestCommand::PutFirst { entries } => entries.mark(&context, Mark::PutFirst, false).await,
        DigestCommand::Approve { slug, moment } => {
            let moment = written(&context, slug, "for", moment.as_deref())?;
            draft::approve(&context, slug, moment.as_deref()).await
        }
        DigestCommand::Add { entries } => entries.mark(&context, Mark::Added, false).await,
        DigestCommand::Send { slug, at, to: Some(to), .. } => send_test(&context, slug, at.as_deref(), to).await,
        DigestCommand::Send { slug, at, to: None, per_reader_time, instead, dry_run, yes } => {
            let at = moment(&context, slug, "at", at.as_deref())?;
            let (per_reader_time, instead, is_trial) = (*per_reader_time, *instead, *dry_run);
            send(&context, slug, EditionWish { at, instead, per_reader_time, is_trial }, *yes).await
        }
        DigestCommand::Stop { edition } => hold::stop(&context, edition).await,
        DigestCommand::GoOn { edition, dry_run, yes } => hold::go_on(&context, edition, *dry_run, *yes).await,
        DigestCommand::Drop { edition, dry_run, yes } => hold::give_up(&context, edition, *dry_run, *yes).await,
        DigestCommand::Correct { edition, file, mail } => correct::run(&context, edition, file, *mail).await,
        DigestCommand::Status { which: Some(which), watch: true } => sending::watch(&context, which).await,
        DigestCommand::Status { which: Some(which), .. } if which.contains('/') => {
            edition_status(&context, &which.parse()?).await
        }
        DigestCommand::Status { which, .. } => status(&context, which.as_deref()).await,
        DigestCommand::Pause { slug } => pause(&context, slug, true).await,
        DigestCommand::Resume { slug } => pause(&context, slug, false).await,
    }
}

/// A day or a moment on the digest's own clock, which may be said in words, as it is written.
fn written(context: &Context, slug: &str, field: &'static str, said: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(said) = said else { return Ok(None) };
    let zone = context.office.config.zone_of(context.office.digest(slug)?);
    Ok(Some(Saying::new(context.office.now(), zone).written(field, said)?))
}

/// The same as the moment that it is.
fn moment(
    context: &Context,
    slug: &str,
    field: &'static str,
    said: Option<&str>,
) -> Result<Option<Timestamp>, Failure> {
    Ok(context.office.digest_moment(slug, field, written(context, slug, field, said)?.as_deref())?)
}

/// When the next edition is made.
fn next(context: &Context, slug: &str, paused: bool, next_at: Option<Timestamp>) -> Result<String, Failure> {
    match next_at {
        Some(at) => local(context, slug, at),
        None if paused => Ok("paused".into()),
        None => Ok("never".into()),
    }
}

async fn list(context: &Context) -> Done {
    let records = context.office.digests().await?;
    let mut rows = Vec::new();
    for record in &records {
        let next = next(context, &record.slug, record.paused, record.next_at)?;
        let (title, schedule) = (record.title.clone(), record.schedule.clone());
        rows.push(vec![record.slug.clone(), title, schedule, next, record.subscribers.to_string()]);
    }
    context.out.show(&records, || match rows.is_empty() {
        true => "No digest is configured: add a [[digest]] to the configuration.\n".into(),
        false => table(&["SLUG", "TITLE", "SCHEDULE", "NEXT", "READERS"], rows),
    })
}

async fn schedule(context: &Context, slug: &str, from: Option<&str>, count: usize) -> Done {
    let from = moment(context, slug, "from", from)?;
    let moments = context.office.digest_moments(slug, from, count).await?;
    let records: Vec<_> = moments.iter().map(|at| MomentRecord { at: *at }).collect();
    let digest = context.office.digest(slug)?;
    context.out.show(&records, || {
        let rows = moments.iter().map(|at| vec![context.office.local(digest, *at), at.to_string()]).collect();
        table(&["DUE", "UTC"], rows)
    })
}

async fn preview(context: &Context, slug: &str, at: Option<&str>, format: PreviewFormat, reader: Option<&str>) -> Done {
    let preview = previewed(context, slug, at, reader).await?;
    let record = &preview.record;
    match format {
        _ if context.out.is_json() => context.out.show(record, String::new),
        PreviewFormat::Html => print(&record.html),
        PreviewFormat::Text => print(&record.as_text()),
        PreviewFormat::Eml => print_octets(&context.office.preview_message(slug, &preview)?),
    }
}

async fn previewed(context: &Context, slug: &str, at: Option<&str>, reader: Option<&str>) -> Result<Preview, Failure> {
    let at = moment(context, slug, "at", at)?;
    let reader = reader.map(str::parse).transpose()?;
    Ok(context.office.preview_digest(slug, at, reader.as_ref()).await?)
}

async fn say(context: &Context, slug: &str, aim: NoteAim<'_>, file: Option<&str>, subject: Option<&str>) -> Done {
    let text = file.map(exchange::read).transpose()?;
    let said = context.office.note_edition(BY, slug, aim, subject, text.as_deref()).await;
    let note = said.map_err(|error| match (error, file) {
        // What stands in a file was not typed.
        (office::Error::Refused(refused), Some(file)) if refused.field == Some("text") => {
            Failure::in_file(&format!("{}: ", without_logins(file)), refused)
        }
        (error, _) => error.into(),
    })?;
    let at = local(context, slug, note.scheduled_for)?;
    context.out.show(&note, || {
        let to = note.locale.as_ref().map_or(String::new(), |locale| format!(" to readers of {locale}"));
        let Some(who) = &note.replaced else { return format!("The edition of {slug} of {at} says this{to}.\n") };
        // What was not said now stays.
        let kept = match (file, subject) {
            (None, _) if !note.text.is_empty() => "; its words stay",
            (_, None) if !note.subject.is_empty() => "; its subject stays",
            _ => "",
        };
        format!("The edition of {slug} of {at} says this{to}, in the place of what {who} said before{kept}.\n")
    })
}

async fn notes(context: &Context, slug: &str, aim: NoteAim<'_>) -> Done {
    let notes = context.office.edition_notes(slug, aim).await?;
    context.out.show(&notes, || match notes.is_empty() {
        true => format!("Nothing is said of the edition of {slug}: say it with --file or --subject.\n"),
        false => notes.iter().map(shown).collect::<Vec<_>>().join("\n"),
    })
}

async fn clear_notes(context: &Context, slug: &str, aim: NoteAim<'_>) -> Done {
    let cleared = context.office.clear_notes(BY, slug, aim).await?;
    let at = local(context, slug, cleared.scheduled_for)?;
    context.out.show(&cleared, || match cleared.cleared {
        0 => format!("Nothing was said of the edition of {slug} of {at}.\n"),
        _ => format!("The edition of {slug} of {at} says nothing of its own any more.\n"),
    })
}

/// What there is to say where somebody stops it.
const UNSENT: &str = "no edition was made, and nothing is sent";

async fn send(context: &Context, slug: &str, wish: EditionWish, yes: bool) -> Done {
    // Scripts rely on its being done; a person sees first what will be.
    if !wish.is_trial && !yes && !context.out.is_json() && may_ask() {
        let trial = EditionWish { is_trial: true, ..wish };
        let trial = context.long(UNSENT, context.office.send_edition(BY, slug, trial)).await?;
        if let Published::Trial(_) = &trial.published {
            let at = local(context, slug, trial.moment)?;
            ask(&format!("{} Send it?", told_of_trial(&trial, &at, "will go")))?;
        }
    }
    let sending = context.long(UNSENT, context.office.send_edition(BY, slug, wish)).await?;
    if sending.is_paused {
        note(&format!("{slug} is paused: what is queued now goes out once it is resumed."));
    }
    let at = local(context, slug, sending.moment)?;
    context.out.show(&sending.record(), || told_of_sending(&sending, &at))
}

/// What became of it, in a sentence; `at` is the moment it is for.
fn told_of_sending(sending: &Sending, at: &str) -> String {
    let (slug, readers) = (&sending.digest, |n: i64| count(n as usize, "reader", "readers"));
    let name = sending.name().map(|name| name.to_string()).unwrap_or_default();
    let place = match sending.instead {
        true => format!(", in the place of the scheduled one of {at}"),
        false => String::new(),
    };
    match &sending.published {
        Published::Edition(edition) => {
            let candidates = readers(edition.candidates);
            format!("Edition {name} is made{place} and queued for {candidates}; the daemon sends it.\n")
        }
        Published::Trial(_) => format!("Nothing was made. {}\n", told_of_trial(sending, at, "would go")),
        Published::Already => format!("{slug} has its edition for {at} already; nothing was queued.\n"),
        Published::Empty => format!(
            "{slug} has nothing to tell its readers, so no edition was made (send_empty = true sends it all the same).\n"
        ),
        Published::Unapproved => format!("Nothing was made: the edition of {slug} waits for an approval.\n"),
        Published::NoReaders => {
            format!("{slug} has no readers, so no edition was made. Those that are scheduled still come.\n")
        }
    }
}

/// What is to be sent to how many, and who gets nothing, and why.
fn told_of_trial(sending: &Sending, at: &str, goes: &str) -> String {
    let Published::Trial(trial) = &sending.published else { return String::new() };
    let readers = |n: i64| count(usize::try_from(n).unwrap_or(0), "reader", "readers");
    let name = sending.name().map(|name| name.to_string()).unwrap_or_default();
    let place = if sending.instead { format!(", in the place of the scheduled one of {at}") } else { String::new() };
    let without = [
        (trial.left_out, "whom it tells nothing"),
        (trial.absent.unconfirmed, "yet to confirm"),
        (trial.absent.suppressed, "to whose addresses nothing may be sent"),
    ];
    let without: Vec<_> =
        without.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{} {why}", readers(*n))).collect();
    let left_out = match without.is_empty() {
        true => String::new(),
        false => format!(", and not to {}", without.join(", nor to ")),
    };
    let (subject, candidates) = (&trial.subject, readers(trial.candidates));
    format!("Edition {name}, \"{subject}\", {goes} to {candidates}{left_out}{place}.")
}

async fn send_test(context: &Context, slug: &str, at: Option<&str>, to: &str) -> Done {
    let at = moment(context, slug, "at", at)?;
    let unknown = "whether the test mail went out is not known";
    let test = context.long(unknown, context.office.send_test(BY, slug, at, to.parse()?)).await?;
    context.out.show(&test.record(), || match &test.file {
        None => format!("A test mail went to {}.\n", test.to),
        Some(file) => format!(
            "A test mail for {} was written to {}. It went to nobody: [mail] transport is \"file\".\n",
            test.to,
            file.display()
        ),
    })
}

async fn status(context: &Context, slug: Option<&str>) -> Done {
    if let Some(sentence) = unset_clock() {
        note(&sentence_of(sentence));
    }
    let digests = context.office.digest_status(slug).await?;
    let mut rows = Vec::new();
    for record in digests.iter().map(|digest| &digest.record) {
        let slug = record.digest.as_str();
        let approval =
            record.approval.as_ref().map_or(String::new(), |it| format!(" ({})", draft::approval_in_words(it)));
        let mut row = vec![slug.to_owned(), next(context, slug, record.paused, record.next_at)? + &approval];
        match &record.last {
            None => row.extend(["".into(), "".into(), "no edition yet".into()]),
            Some(last) => {
                row.extend(edition_row(context, last));
            }
        }
        rows.push(row);
    }
    for wrong in digests.iter().filter_map(|digest| digest.wrong_clock.as_ref()) {
        note(&format!("{wrong}."));
    }
    let records: Vec<_> = digests.iter().map(|digest| &digest.record).collect();
    context.out.show(&records, || table(&["DIGEST", "NEXT", "EDITION", "FOR", "DELIVERIES"], rows))
}

async fn edition_status(context: &Context, wanted: &EditionRef) -> Done {
    let record = context.office.edition_status(wanted).await?;
    context.out.show(&record, || {
        let rows = vec![edition_row(context, &record.edition).into()];
        let lost = [(record.lost.left, "left since"), (record.lost.complained, "complained of it to their provider")];
        let lost = lost
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{} {what}.\n", count(usize::try_from(*n).unwrap_or(0), "reader", "readers")));
        table(&["EDITION", "FOR", "DELIVERIES"], rows) + &lost.collect::<String>()
    })
}

/// Its name, the moment it is for, how its deliveries go.
fn edition_row(context: &Context, edition: &EditionRecord) -> [String; 3] {
    // A digest may have left the configuration, and its editions stay.
    let local = |at| local(context, &edition.digest, at).unwrap_or_else(|_| at.to_string());
    let until = edition.queued_until.map_or(String::new(), |at| format!(" (the last until {})", local(at)));
    let held = match edition.stopped_at {
        Some(since) if edition.given_up => format!(" (given up {})", local(since)),
        Some(since) => format!(" (stopped since {})", local(since)),
        None => String::new(),
    };
    let name = format!("{}/{}", edition.digest, edition.number);
    let until = until + &held;
    [name, local(edition.scheduled_for), tally(&edition.tally) + &until]
}

/// With a capital and a full stop.
fn sentence_of(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", characters.as_str())
}

async fn pause(context: &Context, slug: &str, paused: bool) -> Done {
    let record = context.office.pause_digest(BY, slug, paused).await?;
    let next = next(context, slug, paused, record.next_at)?;
    context.out.show(&record, || match (paused, record.next_at) {
        (true, _) => format!("{slug} is paused: no editions are made and none are sent.\n"),
        (false, Some(_)) => format!("{slug} goes on; its next edition is due {next}.\n"),
        (false, None) => format!("{slug} goes on, but is never due again.\n"),
    })
}
