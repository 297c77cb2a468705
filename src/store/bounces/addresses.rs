//! The addresses that mails were ever sent from. What was sent from one comes back to it, whatever is configured by then.

use super::super::{Error, Result, Store};
use crate::domain::address::EmailAddress;

const KEY: &str = "bounce_addresses";

impl Store {
    /// The newest first.
    pub async fn bounce_addresses(&self) -> Result<Vec<EmailAddress>> {
        let Some(kept) = self.meta(KEY).await? else { return Ok(Vec::new()) };
        let kept: Vec<String> = serde_json::from_str(&kept).map_err(|error| Error::Damaged(error.to_string()))?;
        Ok(kept.iter().filter_map(|address| address.parse().ok()).collect())
    }

    /// Mails will be sent from this one.
    pub async fn note_bounce_address(&self, address: &EmailAddress) -> Result<()> {
        let mut kept = self.bounce_addresses().await?;
        if kept.first() == Some(address) {
            return Ok(());
        }
        kept.retain(|known| known != address);
        kept.insert(0, address.clone());
        let kept: Vec<&str> = kept.iter().map(EmailAddress::as_str).collect();
        self.set_meta(KEY, &serde_json::to_string(&kept).map_err(|error| Error::Damaged(error.to_string()))?).await
    }
}
