//! What the parts of the daemon are made of one configuration, and the ways by which another comes to them while they run.
//! A listener, an open connection and a delivery on the wire go on across a change.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::config::Config;
use crate::hook;
use crate::mail::deliver::Mailer;
use crate::mail::inbox::{Forwards, Inbox};
use crate::mail::mailbox::Account;
use crate::mail::returned::Returns;
use crate::office::forwarding::Forwarding;
use crate::office::reports::Reports;
use crate::source::Equipment;
use crate::store::Store;
use crate::store::watch::Changes;
use crate::web::api::Api;
use crate::web::desk::Live;
use crate::web::hooks::Hooks;
use crate::web::http::server::Door;
use crate::web::site::Site;
use crate::web::{door, metrics_door};

/// All that is made of one configuration: whatever can fail fails before any of it is taken over.
struct Made {
    config: Arc<Config>,
    site: Site,
    mailer: Mailer,
    inbox: Arc<Inbox>,
    reports: Reports,
    mailbox: Option<Arc<Account>>,
    sources: Equipment,
    hooks: hook::Equipment,
}

impl Made {
    /// `former` are those of the configuration before.
    async fn of(store: &Store, config: Arc<Config>, site: Site, former: Option<&Reports>) -> anyhow::Result<Self> {
        let reports = match former {
            Some(former) => former.under(&config).await,
            None => Reports::new(store.clone(), &config).await,
        };
        let forwards = Forwarding::new(store.clone(), config.clone()).await?.map(|it| it as Arc<dyn Forwards>);
        let returns = Arc::new(Returns::new(store.clone(), &config).await?);
        Ok(Self {
            mailer: Mailer::new(store.clone(), config.clone()).await?,
            inbox: Arc::new(Inbox { returns, forwards }),
            reports: reports.map_err(anyhow::Error::msg)?,
            mailbox: Account::of(&config).map_err(anyhow::Error::msg)?.map(Arc::new),
            sources: Equipment::of(config.clone()).map_err(anyhow::Error::msg)?,
            hooks: hook::Equipment::of(config.clone()).map_err(anyhow::Error::msg)?,
            config,
            site,
        })
    }
}

/// Where the parts find what they go by.
pub struct Parts {
    pub config: watch::Receiver<Arc<Config>>,
    pub pages: watch::Receiver<Door>,
    pub metrics: watch::Receiver<Door>,
    pub mailer: Mailer,
    /// Those that take over from it.
    pub mailers: mpsc::Receiver<Mailer>,
    pub inbox: watch::Receiver<Arc<Inbox>>,
    pub mailbox: watch::Receiver<Option<Arc<Account>>>,
    pub sources: watch::Receiver<Equipment>,
    pub hooks: watch::Receiver<hook::Equipment>,
}

/// The other ends: here another configuration is put in force.
pub struct Inlets {
    site: Site,
    api: Api,
    reports: Hooks,
    live: Live,
    config: watch::Sender<Arc<Config>>,
    pages: watch::Sender<Door>,
    metrics: watch::Sender<Door>,
    mailers: mpsc::Sender<Mailer>,
    inbox: watch::Sender<Arc<Inbox>>,
    mailbox: watch::Sender<Option<Arc<Account>>>,
    sources: watch::Sender<Equipment>,
    hooks: watch::Sender<hook::Equipment>,
}

impl Parts {
    /// Of the configuration that the daemon starts with; an error says which secret, certificate or key can't be read.
    pub async fn first(store: &Store, config: Arc<Config>, changes: Changes) -> anyhow::Result<(Inlets, Self)> {
        let live = Live::new(changes.clone());
        let site = Site::new(store.clone(), config.clone(), changes).await?;
        let Made { config, site, mailer, inbox, mailbox, reports, sources, hooks } =
            Made::of(store, config, site, None).await?;
        let (config_in, config) = watch::channel(config);
        let api = Api::new(site.office.clone());
        let reports = Hooks::new(reports);
        let (pages_in, pages) = watch::channel(door(&site, &api, &reports, &live));
        let (metrics_in, metrics) = watch::channel(metrics_door(&site));
        let (mailers_in, mailers) = mpsc::channel(1);
        let (inbox_in, inbox) = watch::channel(inbox);
        let (mailbox_in, mailbox) = watch::channel(mailbox);
        let (sources_in, sources) = watch::channel(sources);
        let (hooks_in, hooks) = watch::channel(hooks);
        let inlets = Inlets {
            site,
            api,
            reports,
            live,
            config: config_in,
            pages: pages_in,
            metrics: metrics_in,
            mailers: mailers_in,
            inbox: inbox_in,
            mailbox: mailbox_in,
            sources: sources_in,
            hooks: hooks_in,
        };
        Ok((inlets, Self { config, pages, metrics, mailer, mailers, inbox, mailbox, sources, hooks }))
    }
}

impl Inlets {
    /// Puts another configuration in force, or nothing of it if something of it can't be made.
    pub async fn take_over(&mut self, store: &Store, config: Arc<Config>) -> anyhow::Result<()> {
        let site = self.site.under(config.clone()).await?;
        let Made { config, site, mailer, inbox, mailbox, reports, sources, hooks } =
            Made::of(store, config, site, Some(self.reports.reports())).await?;
        store.keep_digests(&config.slugs()).await?;
        // A mailer that has ended is told of by itself.
        let _ = self.mailers.send(mailer).await;
        self.inbox.send_replace(inbox);
        self.mailbox.send_replace(mailbox);
        self.sources.send_if_modified(|known| {
            let is_other = !known.is_as(&sources);
            *known = sources;
            is_other
        });
        self.hooks.send_replace(hooks);
        self.api = self.api.of(site.office.clone());
        self.reports = self.reports.of(reports);
        self.pages.send_replace(door(&site, &self.api, &self.reports, &self.live));
        self.metrics.send_replace(metrics_door(&site));
        self.config.send_replace(config);
        self.site = site;
        Ok(())
    }
}
