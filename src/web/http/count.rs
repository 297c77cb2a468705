//! Counts what was answered, by the kind of page and the status: few, however many pages there are and strangers ask for.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use crate::counted::ANSWERS;

/// What programs fetch by the thousand.
pub const FEED: &str = "feed";

pub async fn count(request: Request, next: Next) -> Response {
    let kind = kind(request.uri().path());
    let response = next.run(request).await;
    ANSWERS.add((kind, response.status().as_u16()));
    response
}

/// The kind of page that a path leads to, if to any.
fn kind(path: &str) -> &'static str {
    let first = path.split('/').nth(1).unwrap_or_default();
    let is_feed = [".ics", ".atom", ".json"].iter().any(|end| path.ends_with(end));
    match first {
        _ if is_feed => FEED,
        "calendar" => FEED,
        "assets" | "robots.txt" | "favicon.ico" => "asset",
        "healthz" | "readyz" => "health",
        "hooks" => "hook",
        "subscribe" | "confirm" | "preferences" | "unsubscribe" => "form",
        _ => "page",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_is_of_one_of_few_kinds() {
        for (path, expected) in [
            ("/calendar.ics", "feed"),
            ("/feed.atom", "feed"),
            ("/feed.json", "feed"),
            ("/archive.atom", "feed"),
            ("/events/2.ics", "feed"),
            ("/calendar/kAAAA.ics", "feed"),
            ("/calendar/kAAAA", "feed"),
            ("/events/2", "page"),
            ("/", "page"),
            ("/2026/11", "page"),
            ("/wp-login.php", "page"),
            ("", "page"),
            ("/assets/site.css", "asset"),
            ("/readyz", "health"),
            ("/subscribe", "form"),
            ("/unsubscribe/uAAAA", "form"),
            ("/hooks/ses", "hook"),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }
}
