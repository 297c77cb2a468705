//! What the office owes a person: all that is kept of them, and to forget it. And the table of all, to move house.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::output::{confirm, note, print_octets, table};
use super::{BY, Context, Done};
use crate::config::{Config, TransportKind};
use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::person::PersonRecord;
use crate::domain::subscriber::{Consent, Hour, Subscriber};
use crate::domain::text::to_cell;
use crate::domain::wording::count;
use crate::intake::subscribers::COLUMNS;

/// One row of the table: what was agreed to at one time.
#[derive(Serialize)]
struct Row<'a> {
    email: &'a EmailAddress,
    name: &'a str,
    digests: Vec<&'a str>,
    topics: &'a [String],
    timezone: Option<String>,
    locale: Option<&'a str>,
    consent_at: Option<Timestamp>,
    consent_note: Option<&'a str>,
    kinds: &'a [Kind],
    send_hour: Option<Hour>,
}

/// All who agreed. Who has yet to confirm would be asked again by another office, and whom nothing may be sent to would
/// get mail from it: both stay out.
pub async fn export_all(context: Context) -> Done {
    let all = context.store.subscribers().await?;
    let (held, open): (Vec<_>, Vec<_>) = all.iter().partition(|person| person.suppression.is_some());
    let rows: Vec<Row> = open.iter().flat_map(|person| agreements(person)).collect();
    let without = open.iter().filter(|person| agreements(person).is_empty()).count();
    if without + held.len() > 0 {
        note(&format!(
            "Left out: {} not subscribed now, {} suppressed.",
            count(without, "person", "people"),
            count(held.len(), "person", "people"),
        ));
    }
    if context.out.is_json() {
        return context.out.show(&rows, String::new);
    }
    print_octets(&csv(&rows)?)
}

/// The consents of a person, each with the digests it is for.
fn agreements(person: &Subscriber) -> Vec<Row<'_>> {
    let mut rows: Vec<Row> = Vec::new();
    for subscription in person.subscriptions.iter().filter(|s| s.status == Consent::Confirmed) {
        let (at, note) = (subscription.consent_at, subscription.consent_note.as_deref());
        match rows.iter_mut().find(|row| row.consent_at == at && row.consent_note == note) {
            Some(row) => row.digests.push(&subscription.digest),
            None => rows.push(Row {
                email: &person.email,
                name: &person.name,
                digests: vec![&subscription.digest],
                topics: &person.topics,
                timezone: person.timezone.as_ref().map(ToString::to_string),
                locale: person.locale.as_deref(),
                consent_at: at,
                consent_note: note,
                kinds: &person.kinds,
                send_hour: person.send_hour,
            }),
        }
    }
    rows
}

fn csv(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        let cells = [
            row.email.as_str(),
            row.name,
            &row.digests.join(";"),
            &row.topics.join(";"),
            row.timezone.as_deref().unwrap_or_default(),
            row.locale.unwrap_or_default(),
            &row.consent_at.map(|at| at.to_string()).unwrap_or_default(),
            row.consent_note.unwrap_or_default(),
            &row.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(";"),
            &row.send_hour.map(|hour| hour.to_string()).unwrap_or_default(),
        ]
        .map(|cell| to_cell(cell).into_owned());
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

/// All that is kept of one person.
pub async fn export(context: Context, email: &EmailAddress) -> Done {
    let mut record = context.store.record_of_address(email).await?;
    record.add_calendar_urls(context.config.site.links(), &context.store.token_key().await?);
    context.out.show(&record, || describe(&record))
}

fn describe(record: &PersonRecord) -> String {
    let at = |instant: Option<Timestamp>| instant.map(|at| at.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let choices = &record.choices;
    let mut out = format!("{}\n", record.email);
    for (name, value) in [
        ("Name", record.name.clone()),
        ("Since", at(record.since)),
        ("Topics", choices.topics.join("; ")),
        ("Kinds", choices.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join("; ")),
        ("Zone", text(&choices.timezone)),
        ("Hour", choices.send_hour.map(Hour::on_a_clock).unwrap_or_default()),
        ("Language", text(&choices.locale)),
        ("Suppressed", record.suppressed.map(|s| format!("{} {}", s.reason, s.at)).unwrap_or_default()),
    ] {
        if !value.is_empty() {
            out.push_str(&format!("{name:<10} {value}\n"));
        }
    }
    let mut section = |title: &str, headings: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            out.push_str(&format!("\n{title}\n{}", table(headings, rows)));
        }
    };
    let subscriptions = record
        .subscriptions
        .iter()
        .map(|s| vec![s.digest.clone(), s.status.to_string(), at(s.consent_at), text(&s.consent_note), at(s.left_at)]);
    section("Subscriptions", &["DIGEST", "STATUS", "CONSENT", "HOW", "LEFT"], subscriptions.collect());
    let sign_ups = record
        .sign_ups
        .iter()
        .map(|s| vec![s.at.to_string(), s.digests.join("; "), s.origin.clone(), text(&s.network), at(s.confirmed_at)]);
    section("Sign-ups", &["AT", "DIGESTS", "HOW", "NETWORK", "CONFIRMED"], sign_ups.collect());
    let deliveries = record.deliveries.iter().map(|d| {
        let edition = d.edition.map(|number| number.to_string()).unwrap_or_default();
        vec![d.queued_at.to_string(), text(&d.digest), edition, d.subject.clone(), d.status.clone(), text(&d.error)]
    });
    section("Mails", &["QUEUED", "DIGEST", "EDITION", "SUBJECT", "STATUS", "ERROR"], deliveries.collect());
    let bounces =
        record.bounces.iter().map(|b| vec![b.at.to_string(), b.class.clone(), text(&b.status), text(&b.diagnostic)]);
    section("Bounces", &["AT", "CLASS", "STATUS", "DIAGNOSTIC"], bounces.collect());
    let calendars = record.calendars.iter().map(|c| vec![c.created_at.to_string(), at(c.revoked_at), text(&c.url)]);
    section("Own calendar", &["SINCE", "TAKEN BACK", "ADDRESS"], calendars.collect());
    out
}

pub async fn forget(context: Context, email: &EmailAddress, yes: bool) -> Done {
    confirm(&format!("Erase all that is kept of {email}, for good?"), yes)?;
    let forgotten = context.store.forget(BY, email).await?;
    note(&elsewhere(&context.config));
    if !forgotten.is_scrubbed {
        note("The database's files may still hold some of it, since another program was reading: do the same again.");
    }
    let record = json!({
        "forgotten": email, "was_known": forgotten.was_known, "deliveries": forgotten.deliveries,
    });
    context.out.show(&record, || {
        let what = match forgotten.was_known {
            true => format!("erased, and from {}", count(forgotten.deliveries as usize, "delivery", "deliveries")),
            false => "nothing was kept of it".into(),
        };
        format!("{email}: {what}. No import can bring it back.\n")
    })
}

/// Where this program can't erase anything.
fn elsewhere(config: &Config) -> String {
    let files = match config.mail.transport {
        TransportKind::File => format!(", and mails written to {}", config.mail.outbox.display()),
        TransportKind::Smtp => String::new(),
    };
    format!("Not touched: backups{files}.")
}
