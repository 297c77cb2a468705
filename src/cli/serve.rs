//! `kalends serve`: the daemon, or a demo of it.

use std::io::{ErrorKind, IsTerminal};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::output::print;
use super::refusal::with_advice;
use super::screen::width;
use super::{Cli, Done, Failure};
use crate::app::{App, Configuration, lock};
use crate::config::Config;
use crate::demo::{Demo, EDITOR, Program};
use crate::domain::listen::Listen;
use crate::net::listener::Listener;
use crate::office::Office;
use crate::office::checks::{Advice, files};
use crate::store::{self, Store, clear_parts};
use crate::upkeep::run_mark::{has_ended_in_order, mark_ended, mark_running};

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen, instead of [http] listen
    #[arg(long, value_name = "ADDR")]
    listen: Option<Listen>,
    /// Show what kalends does: a throw-away database with a sample newsletter, mail written to files
    #[arg(long)]
    demo: bool,
    /// Make the database if it is not there, as `kalends init` does
    #[arg(long, conflicts_with = "demo")]
    init: bool,
    /// Log as JSON, a line an event
    #[arg(long)]
    log_json: bool,
}

pub async fn run(cli: &Cli, args: &ServeArgs) -> Done {
    start_log(args.log_json, args.demo);
    if args.demo {
        return demo(args).await;
    }
    let reload = reload_signal()?;
    let configuration = Configuration::load(cli.config.as_deref())?;
    let config = configuration.config.clone();
    let database = config.database.url.path();
    if args.init && !database.exists() {
        // Its digests are registered as the daemon starts.
        Store::create(database).await?.close().await;
        tracing::info!(database = %database.display(), "made");
    }
    if let Err(error) = store::find(database) {
        return Err(unusable(&error, &config).await);
    }
    // Nobody else may be at work on a database that is brought up to date; and a second daemon would find its port taken,
    // too, and blame another program.
    let lock = lock(database)?;
    let listener = bind(args.listen.as_ref().unwrap_or(&config.http.listen)).await?;
    files::put_right(cli.config_file(), &config);
    if let Err(error) = clear_parts(database.parent().unwrap_or(Path::new("."))) {
        tracing::warn!(%error, "half-written copies could not be cleared");
    }
    let ended_in_order = has_ended_in_order(&lock);
    mark_running(&lock);
    let store = match open(database, ended_in_order).await {
        Ok(store) => store,
        Err(error) => {
            // What was cut off before is still to be looked at.
            if ended_in_order {
                mark_ended(&lock);
            }
            return Err(unusable(&error, &config).await);
        }
    };
    let mark = lock.try_clone()?;
    let stop = stop_signal(&[SignalKind::terminate(), SignalKind::interrupt()])?;
    let ran = async { App::new(configuration, store, lock).await?.run(listener, reload, stop).await };
    let ended = ran.await;
    mark_ended(&mark);
    Ok(ended?)
}

/// Why the database can't be served, and what helps: a copy of it, if one is there.
async fn unusable(error: &store::Error, config: &Config) -> Failure {
    Failure::failed(with_advice(error, Advice::of_database(error, config).await))
}

/// After a crash or a power cut the whole file is looked at before anybody builds on it.
async fn open(database: &Path, ended_in_order: bool) -> store::Result<Store> {
    if !ended_in_order {
        let begun = Instant::now();
        store::expect_sound(database).await?;
        let took = begun.elapsed();
        tracing::info!(?took, "the last run was cut off; the database was looked at and is sound");
    }
    Store::upgrade(database).await
}

async fn demo(args: &ServeArgs) -> Done {
    let default = Config::default().http.listen;
    let listener = bind(args.listen.as_ref().unwrap_or(&default)).await?;
    let address = listener.address().parse().map_err(|_| {
        Failure::Usage("a demo is looked at in a browser: give it an address such as --listen 127.0.0.1:8080".into())
    })?;
    let demo = Demo::prepare(address).await?;
    let configuration = Configuration::load(Some(&demo.file))?;
    let office = Office::new(demo.store.clone(), configuration.config.clone()).await?;
    let desk = office.sign_in_address(&EDITOR.parse()?).await?;
    print(&demo.introduction(&Program::this(), &desk, width(std::io::stdout())))?;
    let lock = lock(demo.store.path())?;
    let (store, outbox) = (demo.store.clone(), demo.outbox());
    let tell = tokio::spawn(async move { print(&format!("\n{}\n", Demo::mails(store, outbox).await)) });
    let app = App::new(configuration, demo.store, lock).await?;
    // It is gone when its terminal is closed.
    let stop = stop_signal(&[SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()])?;
    let ran = app.run(listener, mpsc::channel(1).1, stop).await;
    tell.abort();
    ran?;
    print(&format!("The demo has ended. What it wrote is in {}.\n", demo.folder.display()))
}

async fn bind(listen: &Listen) -> Result<Listener, Failure> {
    Listener::bind(listen).await.map_err(|error| match (listen, error.downcast_ref::<std::io::Error>()) {
        (Listen::Tcp(address), Some(cause)) if cause.kind() == ErrorKind::AddrInUse => {
            let other = address
                .parse::<SocketAddr>()
                .map(|address| SocketAddr::new(address.ip(), address.port().wrapping_add(1).max(1024)))
                .map_or("127.0.0.1:8081".into(), |other| other.to_string());
            Failure::failed(format!("{address} is in use by another program: choose another with --listen {other}"))
        }
        _ => Failure::failed(format!("can't listen on {listen} (--listen, or [http] listen): {error}")),
    })
}

/// Cancelled by the first of these.
fn stop_signal(kinds: &[SignalKind]) -> Result<CancellationToken, Failure> {
    let stop = CancellationToken::new();
    for kind in kinds {
        let (mut asked, stop) = (signal(*kind)?, stop.clone());
        tokio::spawn(async move {
            asked.recv().await;
            if !stop.is_cancelled() {
                tracing::info!("stopping");
            }
            stop.cancel();
        });
    }
    Ok(stop)
}

/// Something comes for each SIGHUP: the configuration is to be read again.
fn reload_signal() -> Result<mpsc::Receiver<()>, Failure> {
    let (sender, receiver) = mpsc::channel(1);
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hang_up.recv().await.is_some() {
            // One that is still to be looked at stands for all.
            let _ = sender.try_send(());
        }
    });
    Ok(receiver)
}

/// To standard error; KALENDS_LOG sets what is told, such as `debug` or `kalends=debug,info`.
fn start_log(json: bool, is_demo: bool) {
    // A demo's terminal is read by a person: what the parts do is told in fewer words. What sqlx has to tell of a
    // statement comes back as an error, and is told there once.
    let default = if is_demo { "warn,kalends=info,kalends::idle=off,sqlx=off" } else { "info,sqlx=off" };
    let filter = EnvFilter::try_from_env("KALENDS_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // Its terminal may be gone.
        .log_internal_errors(false)
        .with_target(false);
    // A second start in one process, as in tests, keeps the first log.
    let _ = match (json, is_demo) {
        (true, _) => log.json().try_init(),
        // The times in it are those of a clock that the demo does not go by.
        (false, true) => log.without_time().try_init(),
        (false, false) => log.try_init(),
    };
}
