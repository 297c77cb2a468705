//! Fetches an address only to be seen there: what it answers is nothing to us but whether all is well.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use tokio::time::timeout;
use url::Url;

use super::{
    FetchError, Fetcher, MAX_REDIRECTS, Problem, keeps_credentials, redirect_target, request, shown, take_credentials,
    web_address,
};

/// With all redirects.
const LIMIT: Duration = Duration::from_secs(30);

impl Fetcher {
    /// Asks for `url` with a GET, guarded as calendars are, and reads nothing of what comes; an error names the server alone.
    pub async fn ping(&self, url: &Url) -> Result<(), String> {
        let server = shown(url);
        let fail = |problem: &Problem| format!("{server}: {}", sentence(problem));
        let mut url = web_address(url).map_err(|problem| fail(&problem))?;
        let authorization = take_credentials(&mut url);
        match timeout(LIMIT, self.be_seen(url, authorization)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(FetchError { server, problem })) => Err(format!("{server}: {}", sentence(&problem))),
            Err(_) => Err(format!("{server}: no answer came within {LIMIT:?}")),
        }
    }

    async fn be_seen(&self, mut url: Url, mut authorization: Option<HeaderValue>) -> Result<(), FetchError> {
        for _ in 0..=MAX_REDIRECTS {
            let next = self.be_seen_at(&url, authorization.as_ref()).await;
            let Some(next) = next.map_err(|problem| FetchError { server: shown(&url), problem })? else {
                return Ok(());
            };
            if !keeps_credentials(&url, &next) {
                authorization = None;
            }
            url = next;
        }
        Err(FetchError { server: shown(&url), problem: Problem::TooManyRedirects })
    }

    /// Where it redirects to, if it does.
    async fn be_seen_at(&self, url: &Url, authorization: Option<&HeaderValue>) -> Result<Option<Url>, Problem> {
        let mut request = request(url, self.accept).ok_or(Problem::Unusable)?;
        if let Some(value) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, value.clone());
        }
        let (response, _connection) = self.send(url, request).await?;
        match response.status() {
            status if status.is_success() => Ok(None),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => redirect_target(url, response.headers()).map(Some),
            status => Err(Problem::Status { status, retry_after: None }),
        }
    }
}

/// Without the words that are about calendars.
fn sentence(problem: &Problem) -> String {
    match problem {
        Problem::Status { status, .. } => format!("it answers {status}"),
        Problem::TooManyRedirects | Problem::BadRedirect | Problem::Downgrade => {
            "it redirects and does not lead anywhere: write the final address".to_owned()
        }
        Problem::Slow { limit, .. } => format!("no answer came within {limit:?}"),
        other => other.to_string(),
    }
}
