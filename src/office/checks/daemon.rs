//! What the daemon goes by, if that is not what the file says.

use super::{Finding, Findings};
use crate::store::{Store, is_served};

/// Also where the file is wrong.
pub async fn check(store: &Store) -> Vec<Finding> {
    let mut findings = Findings::default();
    if !is_served(store.path()) {
        return Vec::new();
    }
    match store.daemon().await {
        Err(error) => findings.add("daemon", Err(error.to_string())),
        Ok(Some(daemon)) => {
            if let Some(refused) = &daemon.refused {
                for sentence in &refused.sentences {
                    let (since, taken_at) = (refused.since, daemon.taken_at);
                    let said = format!(
                        "can't take over what the file says since {since}, and goes by the configuration of {taken_at}: \
                         {sentence}"
                    );
                    findings.add("daemon", Err(said));
                }
            }
            for waiting in &daemon.waiting {
                findings.warn("daemon", format!("this waits for its next start: {waiting}"));
            }
        }
        Ok(None) => {}
    }
    match store.absent_digests().await {
        Err(error) => findings.add("digests", Err(error.to_string())),
        Ok(absent) => {
            for digest in absent {
                let (slug, readers, queued) = (&digest.slug, digest.readers, digest.queued);
                let said = format!(
                    "is not in the daemon's configuration: it makes no editions; its readers are {readers}, and of its mails \
                     {queued} wait until it is there again"
                );
                findings.warn(format!("digest {slug}"), said);
            }
        }
    }
    findings.0
}
