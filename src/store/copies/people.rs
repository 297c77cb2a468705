//! Who is in the copies: what a copy holds of people stays in it.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::super::{Result, Store};
use super::make::open;
use super::own::Copies;
use crate::domain::address::EmailAddress;
use crate::domain::copy::OwnCopy;

impl Copies {
    /// Those that hold an address, or can't be looked into; the newest first.
    pub async fn holding(&self, email: &EmailAddress) -> io::Result<Vec<OwnCopy>> {
        let mut holding = Vec::new();
        for copy in self.list()? {
            if holds(&copy.path, email).await.unwrap_or(true) {
                holding.push(copy);
            }
        }
        Ok(holding)
    }
}

async fn holds(copy: &Path, email: &EmailAddress) -> std::result::Result<bool, String> {
    let mut connection = open(copy).await?;
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM subscriber WHERE email_key = $1)
             OR EXISTS (SELECT 1 FROM delivery WHERE lower(address) = $1 OR address = $2)",
    )
    .bind(email.key())
    .bind(email.as_str())
    .fetch_one(&mut connection)
    .await;
    let _ = connection.close().await;
    found.map_err(|error| error.to_string())
}

impl Store {
    /// Whether a copy still has somebody who was forgotten while it was made.
    pub async fn forgot_since(&self, copy: &Path) -> Result<bool> {
        let known = match open(copy).await {
            Ok(mut connection) => {
                let known = forgotten(&mut connection).await;
                let _ = connection.close().await;
                known?
            }
            Err(_) => return Ok(false),
        };
        let mut connection = self.read.acquire().await?;
        Ok(!forgotten(&mut connection).await?.is_subset(&known))
    }
}

async fn forgotten(connection: &mut SqliteConnection) -> Result<HashSet<String>> {
    let hashes: Vec<String> = sqlx::query_scalar("SELECT hash FROM forgotten").fetch_all(connection).await?;
    Ok(hashes.into_iter().collect())
}
