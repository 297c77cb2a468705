//! What the log tells of a request: never the secret in its address, at no level.

use axum::http::Request;
use tracing::Span;

/// Behind these the rest of a path is a secret.
const SECRETS: [&str; 5] = ["confirm", "preferences", "unsubscribe", "calendar", "approve"];

/// No name that the site itself gives is as long as a secret, wherever one was pasted.
const LONGEST_NAME: usize = 24;

/// Of a request. What was asked behind the path is left out: people search for what is theirs.
pub fn span<B>(request: &Request<B>) -> Span {
    tracing::debug_span!("request", method = %request.method(), path = without_secrets(request.uri().path()))
}

fn without_secrets(path: &str) -> String {
    let mut is_secret = false;
    let mut shown = Vec::new();
    for (index, segment) in path.split('/').enumerate() {
        let is_hidden = segment.len() > LONGEST_NAME || is_address(segment);
        shown.push(if (is_secret && !segment.is_empty()) || is_hidden { "…" } else { segment });
        is_secret = is_secret || index == 1 && SECRETS.contains(&segment);
    }
    shown.join("/").chars().map(|c| if c.is_control() { '␣' } else { c }).collect()
}

/// No page of ours is called so: somebody put a person's address where an id belongs.
fn is_address(segment: &str) -> bool {
    segment.contains('@') || segment.contains("%40")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_cut_out_of_a_path() {
        for (path, shown) in [
            ("/confirm/cAAAAAAAAAAE", "/confirm/…"),
            ("/preferences/short", "/preferences/…"),
            ("/unsubscribe/a/b", "/unsubscribe/…/…"),
            ("/calendar/kAAA.ics", "/calendar/…"),
            ("/approve/x", "/approve/…"),
            ("//confirm/cAAAAAAAAAAE1234567890abcdef", "//confirm/…"),
            ("/%63onfirm/cAAAAAAAAAAE1234567890abcdef", "/%63onfirm/…"),
            ("/api/v1/subscribers/ada@example.org", "/api/v1/subscribers/…"),
            ("/api/v1/subscribers/ada%40example.org", "/api/v1/subscribers/…"),
            ("/events/2.ics", "/events/2.ics"),
            ("/calendar.ics", "/calendar.ics"),
            ("/2020/10", "/2020/10"),
            ("/", "/"),
        ] {
            assert_eq!(without_secrets(path), shown, "{path}");
        }
    }
}
