//! What the office owes a person: all that is kept of them, and to forget it. And the table of all, to move house.

use jiff::Timestamp;
use serde::Serialize;

use super::output::{confirm, note, print_octets, table};
use super::{BY, Context, Done};
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::Hour;
use crate::domain::wording::count;
use crate::office::Agreements;
use crate::shape::person::{ForgottenRecord, Person};
use crate::shape::subscriber::table_of;

#[derive(Serialize)]
struct Erased<'a> {
    forgotten: &'a EmailAddress,
    #[serde(flatten)]
    record: &'a ForgottenRecord,
}

/// All who agreed.
pub async fn export_all(context: Context) -> Done {
    let Agreements { rows, unsubscribed, suppressed } = context.office.agreements().await?;
    if unsubscribed + suppressed > 0 {
        note(&format!(
            "Left out: {} not subscribed now, {} suppressed.",
            count(unsubscribed, "person", "people"),
            count(suppressed, "person", "people"),
        ));
    }
    if context.out.is_json() {
        return context.out.show(&rows, String::new);
    }
    print_octets(&table_of(&rows)?)
}

/// All that is kept of one person.
pub async fn export(context: Context, email: &EmailAddress) -> Done {
    let record = context.office.person(email).await?;
    context.out.show(&record, || describe(&record))
}

fn describe(record: &Person) -> String {
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
        ("Suppressed", record.suppressed.as_ref().map(|s| format!("{} {}", s.reason, s.at)).unwrap_or_default()),
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
        vec![d.queued_at.to_string(), text(&d.digest), edition, d.subject.clone(), d.status.to_string(), text(&d.error)]
    });
    section("Mails", &["QUEUED", "DIGEST", "EDITION", "SUBJECT", "STATUS", "ERROR"], deliveries.collect());
    let bounces = record
        .bounces
        .iter()
        .map(|b| vec![b.at.to_string(), b.class.to_string(), text(&b.status), text(&b.diagnostic)]);
    section("Bounces", &["AT", "CLASS", "STATUS", "DIAGNOSTIC"], bounces.collect());
    let calendars = record.calendars.iter().map(|c| vec![c.created_at.to_string(), at(c.revoked_at), text(&c.url)]);
    section("Own calendar", &["SINCE", "TAKEN BACK", "ADDRESS"], calendars.collect());
    out
}

pub async fn forget(context: Context, email: &EmailAddress, yes: bool) -> Done {
    confirm(&format!("Erase all that is kept of {email}, for good?"), yes)?;
    let forgotten = context.office.forget(BY, email).await?;
    note("Not touched: backups by hand, and copies that other programs took.");
    if forgotten.is_operator {
        note(
            "The configuration still names them ([operator] address): take them out of the file, then do the same again.",
        );
    }
    if !forgotten.is_scrubbed {
        note(
            "The database's files may still hold some of it, since another program was reading them; the daemon tries to clear \
             them each hour. Where one copies the log all the time, as Litestream does, see docs/standby.md.",
        );
    }
    if let Some(error) = &forgotten.outbox {
        note(&format!("The folder of mails could not be cleared ({error}): do the same again."));
    }
    let record = forgotten.record();
    let copies = match &forgotten.copies {
        Ok(_) => record.copies.as_deref().unwrap_or_default(),
        Err(error) => {
            note(&format!("Whether copies of the database still hold them can't be told ({error})."));
            &[]
        }
    };
    for copy in copies {
        let until = match copy.until {
            Some(until) => format!("until {until}"),
            None => "until the next upgrade of the database is copied".to_owned(),
        };
        note(&format!("Still in {}, a copy that kalends made ({}): {until}.", copy.path.display(), copy.why));
    }
    context.out.show(&Erased { forgotten: email, record: &record }, || {
        let what = match record.was_known {
            true => {
                let files = match record.mails {
                    0 => String::new(),
                    some => format!("; {} in the outbox folder", count(some, "mail", "mails")),
                };
                format!("erased, and from {}{files}", count(record.deliveries as usize, "delivery", "deliveries"))
            }
            false => "nothing was kept of it".into(),
        };
        format!("{email}: {what}. No import can bring it back.\n")
    })
}
