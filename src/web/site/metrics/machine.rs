//! What it runs on and by: files, disks, configuration, copies, the ping.

use std::path::Path;

use super::exposition::Figures;
use super::{Site, flag, seconds};
use crate::config::TransportKind;
use crate::domain::copy::Why;
use crate::store::{Copies, Disk};
use crate::web::site::error::PageError;

pub async fn add(figures: &mut Figures, site: &Site) -> Result<(), PageError> {
    let (store, config) = (&site.store, &site.config);
    let sizes = store.sizes();
    figures.value("kalends_database_size_bytes", "Size of the database's file", sizes.database as f64);
    figures.value("kalends_database_log_size_bytes", "Size of the database's write-ahead log", sizes.log as f64);
    let (mut free, mut total, mut devices) = (Vec::new(), Vec::new(), Vec::new());
    let outbox = (config.mail.transport == TransportKind::File).then_some(config.mail.outbox.as_path());
    let folders =
        [("database", store.path().parent()), ("outbox", outbox), ("backup", config.backup.folder.as_deref())];
    for (of, folder) in folders.into_iter().filter_map(|(of, folder)| Some((of, folder?))) {
        if let Some(disk) = Disk::of(folder).filter(|disk| !devices.contains(&disk.device)) {
            devices.push(disk.device);
            free.push((vec![("of", of.to_owned())], disk.free as f64));
            total.push((vec![("of", of.to_owned())], disk.total as f64));
        }
    }
    figures.gauge("kalends_disk_free_bytes", "Free room on each disk that is written to, by what is first on it", free);
    figures.gauge("kalends_disk_size_bytes", "Size of each disk that is written to", total);
    let failed_at = match store.failed_write_at() {
        Some(at) => Some(at),
        None => store.last_failed_write().await?.map(|(at, _)| at),
    };
    let help = "When a write of the database failed the last time; 0 if none ever did";
    figures.value("kalends_last_failed_write_timestamp_seconds", help, failed_at.map_or(0.0, seconds));

    let daemon = store.daemon().await?;
    let taken = daemon.as_ref().map(|daemon| (Vec::new(), seconds(daemon.taken_at)));
    figures.gauge(
        "kalends_configuration_taken_timestamp_seconds",
        "When the configuration in force was taken over",
        taken,
    );
    let is_refused = daemon.as_ref().is_some_and(|daemon| daemon.refused.is_some());
    let help = "Whether what the file says now could not be taken over";
    figures.value("kalends_configuration_refused", help, flag(is_refused));
    let started = daemon.map(|daemon| (Vec::new(), seconds(daemon.started_at)));
    figures.gauge("kalends_start_timestamp_seconds", "When the daemon started", started);

    let last = last_backup(store.path(), config).await;
    figures.gauge("kalends_backup_last_timestamp_seconds", "When the last scheduled copy was made", last);
    let has_failed = store.failed_backup().await?.is_some();
    figures.value("kalends_backup_failed", "Whether the last scheduled copy could not be made", flag(has_failed));

    let ping = store.ping_state().await?;
    let answered = ping.answered_at.map(|at| (Vec::new(), seconds(at)));
    figures.gauge(
        "kalends_ping_answered_timestamp_seconds",
        "When [operator] ping was answered the last time",
        answered,
    );
    figures.value("kalends_ping_failed", "Whether it failed since then", flag(ping.error.is_some()));
    Ok(())
}

async fn last_backup(database: &Path, config: &crate::config::Config) -> Option<(Vec<(&'static str, String)>, f64)> {
    let copies = Copies::of(database, config.backup.policy());
    // Folders may be on a disk that takes its time.
    let list = tokio::task::spawn_blocking(move || copies.list()).await.ok()?.ok()?;
    list.iter().find(|copy| copy.why == Why::Scheduled).map(|copy| (Vec::new(), seconds(copy.made_at)))
}
