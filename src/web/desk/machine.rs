//! `/admin/check` and `/admin/settings`: what is to be mended, and what is in force and where it comes from.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Desk;
use super::chrome::Chrome;
use super::trouble::Trouble;
use super::visitor::{At, Machine};
use crate::shape::configuration::{OriginWord, SettingRecord};

pub fn router() -> Router<Desk> {
    Router::new().route("/check", get(check)).route("/settings", get(settings))
}

struct Row {
    /// `ok`, `warning`, `error`.
    status: &'static str,
    check: String,
    message: String,
    /// What to publish in DNS.
    record: String,
}

#[derive(Template)]
#[template(path = "desk/check.html")]
struct CheckPage {
    chrome: Chrome,
    rows: Vec<Row>,
}

async fn check(at: At<Machine>) -> Result<Response, Trouble> {
    let rows = at.office().findings().await?.into_iter().map(|finding| Row {
        status: finding.status.as_str(),
        check: finding.check,
        message: finding.message,
        record: finding.record.map(|record| record.zone_line()).unwrap_or_default(),
    });
    let page = CheckPage { chrome: at.chrome(at.locale().say("desk-check")).await?, rows: rows.collect() };
    page.chrome.page(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "desk/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    file: String,
    wrong: Vec<String>,
    /// Option, value, where it comes from.
    rows: Vec<(String, String, String)>,
}

async fn settings(at: At<Machine>) -> Result<Response, Trouble> {
    let locale = at.locale();
    let record = at.office().standing().await?.record();
    let row = |setting: SettingRecord| {
        let value = match (setting.secret, &setting.value) {
            (true, _) => "••••••".to_owned(),
            (false, serde_json::Value::Null) => String::new(),
            (false, serde_json::Value::String(text)) => text.clone(),
            (false, value) => value.to_string(),
        };
        let from = match (setting.origin, setting.line, setting.variable) {
            (OriginWord::Default, ..) => locale.say("desk-by-default"),
            (OriginWord::File, Some(line), _) => locale.with("desk-by-line", "line", line),
            (_, _, Some(variable)) => variable,
            _ => String::new(),
        };
        (setting.option, value, from)
    };
    let page = SettingsPage {
        chrome: at.chrome(locale.say("desk-settings")).await?,
        file: record.file.unwrap_or_default(),
        wrong: record.wrong,
        rows: record.settings.into_iter().map(row).collect(),
    };
    page.chrome.page(StatusCode::OK, &page)
}
