//! A program that uses the API.

use reqwest::{Client, Method, Response};
use serde_json::Value;

use super::{Daemon, Office};

/// A program with a token.
pub struct Program<'a> {
    daemon: &'a Daemon,
    pub token: String,
}

impl<'a> Program<'a> {
    pub fn new(office: &Office, daemon: &'a Daemon, name: &str, scopes: &[&str]) -> Self {
        let mut args = vec!["token", "add", name];
        scopes.iter().for_each(|scope| args.extend(["--scope", scope]));
        Self { daemon, token: office.json(&args)["token"].as_str().unwrap().to_owned() }
    }

    /// With a token that it was given.
    pub fn with(daemon: &'a Daemon, token: &str) -> Self {
        Self { daemon, token: token.to_owned() }
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (u16, Response) {
        let mut request = Client::new().request(method, self.daemon.url(&format!("/api/v1{path}")));
        request = request.header("Authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer)
    }

    pub async fn json(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let (status, answer) = self.ask(method, path, &[], body).await;
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Sends octets that are no JSON.
    pub async fn send(&self, path: &str, kind: &str, octets: impl Into<reqwest::Body>) -> (u16, Value) {
        let request = Client::new().post(self.daemon.url(&format!("/api/v1{path}"))).header("Content-Type", kind);
        let request = request.header("Authorization", format!("Bearer {}", self.token)).body(octets);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    /// All that a list holds, page by page as each names the next; and how many pages that were.
    pub async fn pages(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut path, mut all, mut count) = (path.to_owned(), Vec::new(), 0);
        loop {
            let (status, answer) = self.ask(Method::GET, &path, &[], None).await;
            assert_eq!(status, 200, "{path}");
            let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            let page: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            all.extend(page.as_array().unwrap().iter().cloned());
            count += 1;
            let Some(link) = link else { return (all, count) };
            let (next, rel) = link.split_once(">; ").unwrap();
            assert_eq!(rel, "rel=\"next\"");
            path = next.trim_start_matches("</api/v1").to_owned();
        }
    }
}
