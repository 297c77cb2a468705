//! `/admin/subscribers`: how many readers there are; for operators also who they are, what they got, and what they want.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::{Choice, Chrome};
use super::deliveries::status_name;
use super::sent::Sent;
use super::trouble::Trouble;
use super::visitor::{At, Numbers, Readers};
use crate::domain::FieldError;
use crate::domain::address::EmailAddress;
use crate::domain::event::typed_list;
use crate::domain::links::DESK;
use crate::domain::right::Right;
use crate::domain::subscriber::{Consent, NewSubscriber, Subscriber, SubscriberFilter, SuppressionReason};
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::office::{Agreed, Error};
use crate::shape::person::Person;
use crate::shape::subscriber::table_of;

/// So many are on a page, in the order in which they came.
const ON_A_PAGE: usize = 50;
/// Of the mails to one person so many are shown, the newest first.
const MAILS: usize = 50;

pub fn router() -> Router<Desk> {
    Router::new()
        .route("/subscribers", get(list).post(add))
        .route("/subscribers/import", get(import_form).post(import))
        .route("/subscribers/export", get(export_all))
        .route("/subscribers/{id}", get(show).post(act))
        .route("/subscribers/{id}/export", get(export))
}

struct Row {
    /// None who may not see readers.
    url: Option<String>,
    address: String,
    name: String,
    digests: String,
    topics: String,
    suppressed: String,
}

#[derive(Template)]
#[template(path = "desk/readers.html")]
struct ListPage {
    chrome: Chrome,
    /// A digest, how many get it, and in which languages.
    sizes: Vec<(String, i64, String)>,
    rows: Vec<Row>,
    /// Whether who looks may see who they are.
    sees_readers: bool,
    q: String,
    digests: Vec<Choice>,
    sent_email: String,
    sent_name: String,
    sent_topics: String,
    sent_note: String,
    typed_at: String,
    wrong: String,
    done: String,
    next: String,
}

async fn list(at: At<Numbers>) -> Result<Response, Trouble> {
    let (sent, typed_at) = at.typed_or(Sent::default()).await?;
    list_page(&at, &sent, typed_at, String::new(), StatusCode::OK).await
}

async fn list_page<N>(
    at: &At<N>,
    sent: &Sent,
    typed_at: String,
    mut wrong: String,
    mut status: StatusCode,
) -> Result<Response, Trouble> {
    let (office, locale, sees_readers) = (at.office(), at.locale(), at.may(Right::Readers));
    let mut sizes = Vec::new();
    for digest in office.digests().await? {
        let languages = at.desk.languages().of(office, &digest.slug).await?;
        let title = office.config.title_of(office.digest(&digest.slug)?, locale).to_owned();
        sizes.push((title, digest.subscribers, locale.listing(&languages)));
    }
    let q = at.asked("q").filter(|_| sees_readers).unwrap_or_default().to_owned();
    let mut filter = SubscriberFilter::default();
    if !q.is_empty() {
        match q.parse::<EmailAddress>() {
            Ok(email) => filter.email = Some(email),
            Err(error) => (wrong, status) = at.refusal(error.into())?,
        }
    }
    let after = at.asked("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut readers = office.subscribers_after(&filter, after, ON_A_PAGE + 1).await?;
    let is_more = readers.len() > ON_A_PAGE;
    readers.truncate(ON_A_PAGE);
    let next = readers.last().filter(|_| is_more).map(|last| format!("{DESK}/subscribers?after={}", last.id));
    let page = ListPage {
        chrome: at.chrome(locale.say("desk-readers")).await?,
        sizes,
        rows: readers.iter().map(|reader| row_of(reader, sees_readers, locale)).collect(),
        sees_readers,
        q,
        digests: office
            .config
            .digests
            .iter()
            .map(|digest| Choice {
                value: digest.slug.as_str().to_owned(),
                label: office.config.title_of(digest, locale).to_owned(),
                is_chosen: sent.all("digest").any(|given| given == digest.slug.as_str()),
            })
            .collect(),
        sent_email: sent.text("email").to_owned(),
        sent_name: sent.text("name").to_owned(),
        sent_topics: sent.text("topics").to_owned(),
        sent_note: sent.text("consent_note").to_owned(),
        typed_at,
        wrong,
        done: at.done(),
        next: next.unwrap_or_default(),
    };
    page.chrome.page(status, &page)
}

fn row_of(reader: &Subscriber, sees_readers: bool, locale: Locale) -> Row {
    let gets = reader.subscriptions.iter().filter(|subscription| subscription.status == Consent::Confirmed);
    Row {
        url: sees_readers.then(|| address_of(reader.id)),
        address: if sees_readers { reader.email.to_string() } else { reader.email.masked() },
        name: if sees_readers { reader.name.clone() } else { String::new() },
        digests: gets.map(|subscription| subscription.digest.clone()).collect::<Vec<_>>().join(", "),
        topics: reader.topics.join(", "),
        suppressed: match &reader.suppression {
            Some(suppression) => locale.with("desk-suppressed", "reason", reason_name(suppression.reason, locale)),
            None => String::new(),
        },
    }
}

fn address_of(id: i64) -> String {
    format!("{DESK}/subscribers/{id}")
}

/// Adds somebody: with the consent they gave elsewhere, or a mail asks.
async fn add(at: At<Readers>, sent: Sent) -> Result<Response, Trouble> {
    match added(&at, &sent).await {
        Ok(id) => Ok(Redirect::to(&format!("{}?done=added", address_of(id))).into_response()),
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            list_page(&at, &sent, String::new(), wrong, status).await
        }
    }
}

async fn added(at: &At<Readers>, sent: &Sent) -> Result<i64, Error> {
    let office = at.office();
    let email: EmailAddress = sent.text("email").trim().parse().map_err(FieldError::of("email"))?;
    let note = Some(sent.text("consent_note").trim()).filter(|note| !note.is_empty());
    let agreed = Agreed::told(note.map(|_| office.now()), note)?;
    let topics = typed_list(sent.text("topics"));
    let wish = NewSubscriber {
        name: Some(text::single_line(sent.text("name"))).filter(|name| !name.is_empty()),
        topics: Some(topics).filter(|topics| !topics.is_empty()),
        ..NewSubscriber::of(email.clone(), sent.all("digest").map(str::to_owned).collect())
    };
    office.add_subscriber(&at.by(), wish, agreed).await?;
    Ok(office.subscriber(&email).await?.id)
}

#[derive(Template)]
#[template(path = "desk/import.html")]
struct ImportPage {
    chrome: Chrome,
    text: String,
    /// What came of it, or would.
    told: String,
    /// The line of what was not taken, and why.
    rejected: Vec<(String, String)>,
    /// It was only tried, and can be done.
    can_be_done: bool,
    typed_at: String,
    wrong: String,
}

async fn import_form(at: At<Readers>) -> Result<Response, Trouble> {
    let (sent, typed_at) = at.typed_or(Sent::default()).await?;
    let page = ImportPage {
        chrome: at.chrome(at.locale().say("desk-import")).await?,
        text: sent.text("text").to_owned(),
        told: String::new(),
        rejected: Vec::new(),
        can_be_done: false,
        typed_at,
        wrong: String::new(),
    };
    page.chrome.page(StatusCode::OK, &page)
}

/// Takes people from a table that was pasted; first it is only tried.
async fn import(at: At<Readers>, sent: Sent) -> Result<Response, Trouble> {
    let locale = at.locale();
    let is_trial = sent.button() != "import";
    let office = if is_trial { at.office().rehearsal() } else { at.office().clone() };
    let (mut told, mut rejected, mut wrong, mut status) =
        (String::new(), Vec::new(), String::new(), StatusCode::ACCEPTED);
    let taken = match office.read_people(sent.text("text").as_bytes().to_vec()).await {
        Ok((rows, unread)) => office.import_subscribers(&at.by(), rows, false).await.map(|enrolled| (enrolled, unread)),
        Err(error) => Err(error),
    };
    match taken {
        Ok((enrolled, unread)) => {
            let asked = enrolled.asked;
            let report = enrolled.report(unread, |error| error.to_string());
            let phrase = if is_trial { "desk-import-would" } else { "desk-import-done" };
            told = locale.tell(
                phrase,
                [
                    ("added", report.added.into()),
                    ("updated", report.updated.into()),
                    ("unchanged", report.unchanged.into()),
                    ("asked", asked.into()),
                    ("rejected", report.rejected.len().into()),
                ],
            );
            rejected.extend(
                report
                    .rejected
                    .into_iter()
                    .map(|rejected| (locale.with("desk-line", "line", rejected.line), rejected.reason)),
            );
        }
        Err(error) => (wrong, status) = at.refusal(error)?,
    }
    let status = if is_trial || status != StatusCode::ACCEPTED { status } else { StatusCode::OK };
    let page = ImportPage {
        chrome: at.chrome(locale.say("desk-import")).await?,
        text: if status == StatusCode::OK { String::new() } else { sent.text("text").to_owned() },
        can_be_done: is_trial && wrong.is_empty(),
        told,
        rejected,
        typed_at: String::new(),
        wrong,
    };
    page.chrome.page(status, &page)
}

/// A mail to somebody.
struct Mail {
    when: String,
    what: String,
    status: String,
    said: String,
}

#[derive(Template)]
#[template(path = "desk/reader.html")]
struct ReaderPage {
    chrome: Chrome,
    name: String,
    since: String,
    choices: Vec<String>,
    suppressed: String,
    /// A digest, how they stand with it, and since when and how.
    subscriptions: Vec<(String, String, String)>,
    mails: Vec<Mail>,
    /// When, what came back, and what the server said.
    returned: Vec<(String, String, String)>,
    export: String,
    /// It is asked once more whether they are to be forgotten.
    asks_to_forget: bool,
    wrong: String,
    done: String,
}

async fn show(at: At<Readers>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    reader_page(&at, id, false, String::new(), StatusCode::OK).await
}

async fn reader_page(
    at: &At<Readers>,
    id: i64,
    asks_to_forget: bool,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let reader = office.subscriber_by_id(id).await?;
    let person = office.person(&reader.email).await?;
    let page = ReaderPage {
        chrome: at.chrome(reader.email.to_string()).await?,
        name: reader.name.clone(),
        since: at.moment(reader.created_at),
        choices: choices_of(&reader, locale),
        suppressed: match &reader.suppression {
            Some(suppression) => {
                let when = at.moment(suppression.at);
                let reason = reason_name(suppression.reason, locale);
                locale.tell("desk-suppressed-since", [("reason", reason.into()), ("when", when.into())])
            }
            None => String::new(),
        },
        subscriptions: person
            .subscriptions
            .iter()
            .map(|of| {
                let when = of.left_at.or(of.consent_at).map(|when| at.moment(when)).unwrap_or_default();
                let how = format!("{when} {}", of.consent_note.as_deref().unwrap_or_default());
                (of.digest.clone(), consent_name(of.status, locale), how.trim().to_owned())
            })
            .collect(),
        mails: mails_of(at, &person),
        returned: person
            .bounces
            .iter()
            .rev()
            .take(MAILS)
            .map(|bounce| {
                (at.moment(bounce.at), bounce.class.to_string(), bounce.diagnostic.clone().unwrap_or_default())
            })
            .collect(),
        export: format!("{}/export", address_of(id)),
        asks_to_forget,
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

/// Why nothing is sent to somebody.
fn reason_name(reason: SuppressionReason, locale: Locale) -> String {
    locale.say(match reason {
        SuppressionReason::Bounced => "desk-bounced",
        SuppressionReason::Complained => "desk-complained-of-mail",
        SuppressionReason::Withheld => "desk-withheld",
    })
}

/// How somebody stands with a digest.
fn consent_name(consent: Consent, locale: Locale) -> String {
    locale.say(match consent {
        Consent::Pending => "desk-consent-pending",
        Consent::Confirmed => "desk-consent-confirmed",
        Consent::Left => "desk-consent-left",
    })
}

fn choices_of(reader: &Subscriber, locale: Locale) -> Vec<String> {
    let mut choices = vec![match reader.topics.is_empty() {
        true => locale.say("desk-all-topics"),
        false => reader.topics.join(", "),
    }];
    choices.extend(reader.kinds.iter().map(|kind| locale.kind(*kind)));
    choices.extend(reader.timezone.as_ref().map(ToString::to_string));
    let language = reader.locale.as_deref().and_then(|tag| tag.parse::<Locale>().ok());
    choices.extend(language.map(Locale::name));
    choices
}

fn mails_of(at: &At<Readers>, person: &Person) -> Vec<Mail> {
    let newest = person.deliveries.iter().rev().take(MAILS);
    newest
        .map(|mail| Mail {
            when: at.moment(mail.first_tried_at.unwrap_or(mail.queued_at)),
            what: match (&mail.digest, mail.edition) {
                (Some(digest), Some(number)) => format!("{digest}/{number}: {}", mail.subject),
                _ => mail.subject.clone(),
            },
            status: status_name(mail.status, at.locale()),
            said: mail.error.clone().unwrap_or_default(),
        })
        .collect()
}

async fn act(at: At<Readers>, Path(id): Path<i64>, sent: Sent) -> Result<Response, Trouble> {
    let (office, by) = (at.office(), at.by());
    let reader = office.subscriber_by_id(id).await?;
    let acted = match sent.button() {
        "suppress" => office.suppress(&by, std::slice::from_ref(&reader.email)).await.map(|_| "saved"),
        "unsuppress" => office.unsuppress(&by, std::slice::from_ref(&reader.email)).await.map(|_| "saved"),
        "forget" => return reader_page(&at, id, true, String::new(), StatusCode::OK).await,
        "forget-now" => match office.forget(&by, &reader.email).await {
            Ok(_) => return Ok(Redirect::to(&format!("{DESK}/subscribers?done=forgotten")).into_response()),
            Err(error) => Err(error),
        },
        _ => return Err(Trouble::NotFound),
    };
    match acted {
        Ok(done) => Ok(Redirect::to(&format!("{}?done={done}", address_of(id))).into_response()),
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            reader_page(&at, id, false, wrong, status).await
        }
    }
}

/// All that is kept of somebody, as a file.
async fn export(at: At<Readers>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    let reader = at.office().subscriber_by_id(id).await?;
    let person = at.office().person(&reader.email).await?;
    let as_file = HeaderValue::from_static("attachment; filename=\"reader.json\"");
    Ok(([(header::CONTENT_DISPOSITION, as_file)], axum::Json(person)).into_response())
}

/// All who agreed, as a table that an import takes.
async fn export_all(at: At<Readers>) -> Result<Response, Trouble> {
    let agreements = at.office().agreements().await?;
    let table = table_of(&agreements.rows).map_err(|error| Trouble::Internal(Box::new(error)))?;
    let as_file = HeaderValue::from_static("attachment; filename=\"readers.csv\"");
    let csv = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_DISPOSITION, as_file), (header::CONTENT_TYPE, csv)], table).into_response())
}
