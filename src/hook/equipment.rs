//! What messages are sent with: the webhooks of a configuration, their secrets, and what connects to their servers.

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::config::{Config, WebhookConfig};
use crate::domain::hook::HookFormat;
use crate::domain::signing;
use crate::net::fetch::Fetcher;

/// A webhook that is ready to be told something.
#[derive(Clone)]
pub struct Hook {
    pub config: WebhookConfig,
    pub secret: Option<SecretString>,
}

impl Hook {
    /// Reads its secret; an error says what is wrong with it.
    pub fn of(config: &WebhookConfig) -> Result<Self, String> {
        let secret = config.secret_file.as_deref().map(|path| secret(path, config)).transpose()?;
        Ok(Self { config: config.clone(), secret })
    }

    pub fn name(&self) -> &str {
        self.config.name.as_str()
    }

    /// Empty if there is none.
    pub fn secret(&self) -> &str {
        self.secret.as_ref().map_or("", |secret| secret.expose_secret())
    }

    /// By it another address is known to be another.
    pub fn address_hash(&self) -> [u8; 32] {
        Sha256::digest(self.config.url.url().as_str()).into()
    }
}

fn secret(path: &Path, config: &WebhookConfig) -> Result<SecretString, String> {
    let place = || format!("[[webhook]] {}: the secret_file {}", config.name, path.display());
    let text = std::fs::read_to_string(path).map_err(|error| format!("{} can't be read: {error}", place()))?;
    let secret = text.trim();
    if secret.is_empty() || secret.chars().any(|c| c.is_whitespace() || !c.is_ascii()) {
        return Err(format!("{}: there is to be one line in it, of ASCII without spaces", place()));
    }
    if config.format == HookFormat::Json {
        signing::key(secret).map_err(|error| format!("{}: {error}", place()))?;
    }
    Ok(SecretString::from(secret))
}

#[derive(Clone)]
pub struct Equipment {
    pub config: Arc<Config>,
    pub hooks: Vec<Arc<Hook>>,
    /// None where there is nobody to tell.
    pub fetcher: Option<Fetcher>,
}

impl Equipment {
    /// An error says which secret can't be used.
    pub fn of(config: Arc<Config>) -> Result<Self, String> {
        let hooks = config.webhooks.iter().map(|hook| Hook::of(hook).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let fetcher = (!hooks.is_empty()).then(|| Fetcher::new(&config.fetch.allowed_hosts)).transpose()?;
        Ok(Self { config, hooks, fetcher })
    }
}
