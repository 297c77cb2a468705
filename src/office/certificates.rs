//! Certificates that prove who signed a report. Who posts a report names where its certificate is, so that strangers could
//! have this machine fetch: only so many are fetched, and what was fetched is kept for a while.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use url::Url;

use crate::net::fetch::Fetcher;

/// Amazon replaces its certificate every few months, under another address; so an old one is as good while none can be had.
const KEPT_FOR: Duration = Duration::from_secs(6 * 60 * 60);
/// There is one for each region.
const MOST_KEPT: usize = 32;
const MINUTE: Duration = Duration::from_secs(60);
const A_MINUTE: u32 = 6;

/// Those that were fetched, by address.
#[derive(Default)]
pub struct Certificates(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    found: HashMap<String, (Instant, String)>,
    /// How many fetches the minute has had that began then.
    fetched: Option<(Instant, u32)>,
}

impl Certificates {
    /// The certificate at an address; one is fetched at a time. An error is a sentence: it may be there later.
    pub async fn at(&self, url: &Url, fetcher: &Fetcher) -> Result<String, String> {
        let mut kept = self.0.lock().await;
        let now = Instant::now();
        let known = kept.found.get(url.as_str()).cloned();
        if let Some((since, known)) = &known
            && now.duration_since(*since) < KEPT_FOR
        {
            return Ok(known.clone());
        }
        let fetched = match kept.may_fetch(now) {
            true => fetcher.get_small(url).await.and_then(certificate),
            false => Err("too many certificates were to be fetched within a minute".into()),
        };
        match (fetched, known) {
            (Ok(found), _) => {
                kept.keep(url, found.clone(), now);
                Ok(found)
            }
            (Err(_), Some((_, known))) => Ok(known),
            (Err(error), None) => Err(error),
        }
    }

    /// As if it had been fetched.
    #[cfg(test)]
    pub async fn put(&self, url: &Url, certificate: &str) {
        self.0.lock().await.keep(url, certificate.to_owned(), Instant::now());
    }
}

/// What a proxy says in its place is not kept.
fn certificate(text: String) -> Result<String, String> {
    match text.contains("-----BEGIN CERTIFICATE-----") {
        true => Ok(text),
        false => Err("what stands where the certificate should is none".into()),
    }
}

impl Kept {
    fn keep(&mut self, url: &Url, certificate: String, now: Instant) {
        if self.found.len() >= MOST_KEPT {
            self.found.clear();
        }
        self.found.insert(url.to_string(), (now, certificate));
    }

    fn may_fetch(&mut self, now: Instant) -> bool {
        let (begun, count) = self.fetched.filter(|(begun, _)| now.duration_since(*begun) < MINUTE).unwrap_or((now, 0));
        self.fetched = Some((begun, count + 1));
        count < A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn strangers_can_have_only_so_many_fetched() {
        // Nothing listens there, and it is no public address anyway.
        let url = |number: u32| Url::parse(&format!("https://127.0.0.1:9/{number}.pem")).unwrap();
        let (certificates, fetcher) = (Certificates::default(), Fetcher::new(&[]).unwrap());
        certificates.put(&url(0), "known").await;
        for number in 1..=A_MINUTE {
            let error = certificates.at(&url(number), &fetcher).await.unwrap_err();
            assert!(error.contains("not on the public internet"), "{error}");
        }
        let error = certificates.at(&url(99), &fetcher).await.unwrap_err();
        assert!(error.contains("within a minute"), "{error}");
        assert_eq!(certificates.at(&url(0), &fetcher).await.as_deref(), Ok("known"));
    }
}
