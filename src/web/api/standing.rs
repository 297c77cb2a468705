//! How things stand: `/status`, `/acts`, `/configuration`. For those who operate the office.

use axum::Json;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bearer::{By, Operate};
use super::list::{self, Cursor};
use super::named::json;
use super::problem::{Answer, Problem};
use super::texts::CursorText;
use super::{Api, PREFIX};
use crate::office::checks::Finding;
use crate::office::status::{Help, Need};
use crate::shape::act::ActRecord;
use crate::shape::configuration::ConfigurationRecord;
use crate::shape::finding::FindingRecord;
use crate::shape::status::{NeedRecord, StatusRecord};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(check))
        .routes(routes!(list_acts))
        .routes(routes!(configuration))
}

/// How things stand at a glance, and what needs a hand.
#[utoipa::path(
    get, path = "/status", tag = "office", operation_id = "status", security(("bearer" = ["operate"])),
    responses((status = 200, description = "What needs a hand stands first.", body = StatusRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn status(by: By<Operate>) -> Answer<Json<Value>> {
    let found = by.office.status().await?;
    let needs = found.needs.into_iter().map(need).collect();
    Ok(json(&StatusRecord { needs, ..found.record }))
}

fn need(need: Need) -> NeedRecord {
    NeedRecord { help: need.help.as_ref().and_then(in_words), message: need.message }
}

/// What of the API helps, if anything of it does.
fn in_words(help: &Help) -> Option<String> {
    match help {
        Help::GoOn(_, id) => Some(format!(
            "POST {PREFIX}/editions/{id}/go-on sends the rest, POST {PREFIX}/editions/{id}/drop gives it up"
        )),
        Help::Approve(slug) => {
            Some(format!("GET {PREFIX}/digests/{slug}/draft shows it, POST {PREFIX}/digests/{slug}/approve lets it go"))
        }
        Help::Resume(slug) => Some(format!("POST {PREFIX}/digests/{slug}/resume lets it go on")),
        Help::ReadSource(name) => Some(format!("POST {PREFIX}/sources/{name}/sync reads it now")),
        Help::TryRelays => Some(format!("GET {PREFIX}/deliveries?status=deferred tells what they said")),
        Help::Decide => Some(format!(
            "GET {PREFIX}/deliveries?status=uncertain shows them; POST {PREFIX}/deliveries/retry sends one again"
        )),
        Help::PutBack(slug) => Some(format!(
            "put its [[digest]] back; GET {PREFIX}/deliveries?digest={slug} shows what became of its mails"
        )),
        Help::StartAnew => Some(format!("start the daemon again; GET {PREFIX}/configuration tells both values")),
        Help::MendFile => Some(format!(
            "mend the file; the daemon takes it over by itself. GET {PREFIX}/configuration tells all of it"
        )),
        Help::TellWebhook(name) => Some(format!(
            "POST {PREFIX}/webhooks/{name}/test shows what it answers, and POST {PREFIX}/webhooks/{name}/replay sends what \
             it did not take"
        )),
        Help::ListBounces => Some(format!("GET {PREFIX}/bounces shows what came back, and by which way")),
        Help::MakeRoom => Some("make room there".into()),
        // That needs somebody at the machine.
        Help::StartDaemon | Help::MakeBackup | Help::Other(_) => None,
    }
}

/// Looks at each thing by itself, so that one broken part does not hide another. Nothing is changed, no relay is connected to,
/// and the database's file is not read from end to end: `kalends check` does that at the machine.
#[utoipa::path(
    get, path = "/check", tag = "office", operation_id = "check", security(("bearer" = ["operate"])),
    responses((status = 200, description = "What was looked at, and how it is.", body = Vec<FindingRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn check(by: By<Operate>) -> Answer<Json<Value>> {
    let findings = by.office.findings().await?;
    Ok(json(&findings.into_iter().map(finding).collect::<Vec<_>>()))
}

/// What helps is said where it can be done: at the machine.
fn finding(finding: Finding) -> FindingRecord {
    let Finding { check, status, message, record, .. } = finding;
    FindingRecord { check, status, message, record }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[param(minimum = 1, maximum = 500)]
    #[serde(deserialize_with = "list::given")]
    limit: Option<usize>,
    /// From the Link of the page before.
    #[param(value_type = Option<CursorText>, inline)]
    #[serde(deserialize_with = "list::given")]
    cursor: Option<String>,
}

/// What was done that no history of a thing tells: mail sent or stopped, people, editors; the newest first.
#[utoipa::path(
    get, path = "/acts", tag = "office", operation_id = "list_acts", security(("bearer" = ["operate"])),
    params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<ActRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_acts(by: By<Operate>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let asked: ListQuery = list::query(&query)?;
    let limit = list::limit(asked.limit)?;
    let found = by.office.acts(Cursor::stretch(asked.cursor.as_deref(), limit)?).await?;
    let (page, next) = list::page(found, limit, |told| told.act.id);
    let records: Vec<_> = page.iter().map(|told| ActRecord::of(&told.act, &told.by, &told.about)).collect();
    Ok(list::answer("/acts", &query, &records, next))
}

/// What is in force, option by option, and where each value comes from; secrets are not shown.
#[utoipa::path(
    get, path = "/configuration", tag = "office", operation_id = "show_configuration",
    security(("bearer" = ["operate"])),
    responses((status = 200, description = "What the file says, and what the daemon goes by.", body = ConfigurationRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn configuration(by: By<Operate>) -> Answer<Json<Value>> {
    Ok(json(&by.office.standing().await?.record()))
}
