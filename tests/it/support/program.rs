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
}
