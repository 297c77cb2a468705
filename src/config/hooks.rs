//! `[bounce.hooks.…]`: mail providers that tell at `/hooks/…` what became of the mails that they carried.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::provider::Provider;

/// Those that are not there may not tell anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct HooksConfig {
    pub ses: Option<TopicsConfig>,
    pub sendgrid: Option<PublicKeyConfig>,
    pub mailgun: Option<SecretConfig>,
    pub resend: Option<SecretConfig>,
    pub postmark: Option<LoginConfig>,
    pub brevo: Option<LoginConfig>,
    pub mailjet: Option<LoginConfig>,
    pub sparkpost: Option<LoginConfig>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct TopicsConfig {
    /// Amazon signs for everybody: whose topics these are, only their names tell.
    pub topics: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct PublicKeyConfig {
    /// As the provider shows it.
    pub public_key: Option<String>,
}

/// What the provider signs with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct SecretConfig {
    pub secret_file: Option<PathBuf>,
}

/// What the provider shows with each request, as it signs nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct LoginConfig {
    pub username: Option<String>,
    pub secret_file: Option<PathBuf>,
}

/// By what a provider's requests are proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookProof<'a> {
    Topics(&'a [String]),
    PublicKey(Option<&'a str>),
    Secret { username: Option<&'a str>, file: Option<&'a Path> },
}

impl HooksConfig {
    /// Those that may tell something.
    pub fn given(&self) -> impl Iterator<Item = (Provider, HookProof<'_>)> {
        Provider::ALL.iter().filter_map(|provider| Some((*provider, self.proof(*provider)?)))
    }

    /// None if this one may tell nothing.
    pub fn proof(&self, provider: Provider) -> Option<HookProof<'_>> {
        match provider {
            Provider::Ses => self.ses.as_ref().map(|ses| HookProof::Topics(&ses.topics)),
            Provider::Sendgrid => self.sendgrid.as_ref().map(|key| HookProof::PublicKey(key.public_key.as_deref())),
            Provider::Mailgun => self.mailgun.as_ref().map(SecretConfig::proof),
            Provider::Resend => self.resend.as_ref().map(SecretConfig::proof),
            Provider::Postmark => self.postmark.as_ref().map(LoginConfig::proof),
            Provider::Brevo => self.brevo.as_ref().map(LoginConfig::proof),
            Provider::Mailjet => self.mailjet.as_ref().map(LoginConfig::proof),
            Provider::Sparkpost => self.sparkpost.as_ref().map(LoginConfig::proof),
        }
    }

    pub(super) fn secret_files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self { ses: _, sendgrid: _, mailgun, resend, postmark, brevo, mailjet, sparkpost } = self;
        let secrets = [mailgun, resend].into_iter().flatten().map(|it| &mut it.secret_file);
        let logins = [postmark, brevo, mailjet, sparkpost].into_iter().flatten().map(|it| &mut it.secret_file);
        secrets.chain(logins).flatten()
    }

    /// The files that secrets stand in.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.given().filter_map(|(_, proof)| match proof {
            HookProof::Secret { file, .. } => file,
            HookProof::Topics(_) | HookProof::PublicKey(_) => None,
        })
    }
}

impl SecretConfig {
    fn proof(&self) -> HookProof<'_> {
        HookProof::Secret { username: None, file: self.secret_file.as_deref() }
    }
}

impl LoginConfig {
    fn proof(&self) -> HookProof<'_> {
        HookProof::Secret { username: self.username.as_deref(), file: self.secret_file.as_deref() }
    }
}
