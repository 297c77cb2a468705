//! For whoever watches the machine.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::Site;

pub fn router() -> Router<Site> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// How long the database may take to answer; who asks will not wait for long.
const PATIENCE: Duration = Duration::from_secs(1);

/// It can do its work: the database answers and can be written to. Why not, the log tells; a stranger may ask here.
async fn readyz(State(site): State<Site>) -> (StatusCode, &'static str) {
    let reason = match tokio::time::timeout(PATIENCE, site.store.ping()).await {
        Ok(Ok(())) => return (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the database does not answer".to_owned(),
    };
    tracing::warn!(reason, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, "not ready: see the log\n")
}
