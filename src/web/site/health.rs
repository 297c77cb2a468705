//! For whoever watches the machine.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::sync::Mutex;

use super::Site;
use crate::domain::links::READY;
use crate::store::{Error, Files, Store};

pub fn router() -> Router<Site> {
    Router::new().route("/healthz", get(healthz)).route(READY, get(readyz))
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// How long the database may take to answer; who asks will not wait for long.
const PATIENCE: Duration = Duration::from_secs(1);

/// Strangers may ask: more often than this nothing is written because of it.
const WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// How the database was when it was last asked.
pub struct Health {
    files: Files,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Health {
    pub fn new(store: &Store) -> Self {
        Self { files: Files::of(store), last: Mutex::default() }
    }

    /// Why the database can't be read or written, as a stranger may know it.
    async fn look(&self, store: &Store) -> Result<(), String> {
        let mut last = self.last.lock().await;
        let result = match &*last {
            Some((at, result)) if at.elapsed() < WRITTEN_EVERY => result.clone(),
            _ => {
                let result = self.try_it(store).await;
                *last = Some((Instant::now(), result.clone()));
                result
            }
        };
        // What failed since then is newer.
        result.and_then(|()| store.failed_write().map_or(Ok(()), Err))
    }

    async fn try_it(&self, store: &Store) -> Result<(), String> {
        if let Some(path) = self.files.lost() {
            tracing::error!(path = %path.display(), "a file of the database was deleted or replaced under the daemon");
            return Err(
                "a file of the database was deleted or replaced while the daemon runs: what it writes is lost; \
                        stop it, put a backup in place and start it again"
                    .to_owned(),
            );
        }
        store.ping().await.map_err(|error| match error {
            Error::Other(error) => {
                tracing::warn!(%error, "the database failed");
                "the database failed: see the log".to_owned()
            }
            told => told.to_string(),
        })
    }
}

/// It can do its work: the database can be read and written. Only that earns a 503, since a proxy may then take the site
/// from its readers; what else is wrong is for `check` and `/metrics` to tell.
async fn readyz(State(site): State<Site>) -> impl IntoResponse {
    let looked = tokio::time::timeout(PATIENCE, site.health.look(&site.store)).await;
    let looked = looked.unwrap_or_else(|_| Err("the database does not answer".to_owned()));
    let (status, text) = match looked {
        Ok(()) => (StatusCode::OK, ready(&site).await),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n"))
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text)
}

/// A relay that takes no mail takes nobody's pages: it is told, and no reason to send readers away.
async fn ready(site: &Site) -> String {
    let stopped = site.store.stopped_relays().await.unwrap_or_default();
    let lines = stopped.iter().map(|stop| format!("a relay is stopped since {}: it refused everybody\n", stop.since));
    // What is wrong with it is for the operator's eyes.
    let refused = site.store.daemon().await.ok().flatten().and_then(|daemon| daemon.refused);
    let refused = refused.map(|refused| {
        format!(
            "the configuration can't be taken over since {}, an older one is in force: see the log\n",
            refused.since
        )
    });
    ["ready\n".to_owned()].into_iter().chain(lines).chain(refused).collect()
}
