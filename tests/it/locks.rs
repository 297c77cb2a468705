//! SQLite's locks on a database that a daemon serves: they end with whatever else of the daemon closes one of its files, and
//! the next command would take the database for one that nobody has open.

use std::os::unix::fs::MetadataExt;

use crate::support::browser::Browser;
use crate::support::{Daemon, Office, wait_for};

const OPI: &str = "opi@example.org";

/// How many locks the system knows on the database itself, and on the memory that its users share.
fn locks(office: &Office) -> [usize; 2] {
    let known = std::fs::read_to_string("/proc/locks").unwrap();
    ["data/kalends.db", "data/kalends.db-shm"].map(|name| {
        let file = format!(":{} ", std::fs::metadata(office.path(name)).unwrap().ino());
        known.lines().filter(|line| line.contains("POSIX") && line.contains(&file)).count()
    })
}

async fn operator(office: &Office, daemon: &Daemon) -> Browser {
    let operator = Browser::signed_in(daemon, office, OPI, "operator").await;
    wait_for("the daemon to have it open", || locks(office).iter().all(|locks| *locks > 0).then_some(()));
    operator
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_daemon_looks_at_leaves_it_its_locks() {
    let office = Office::new();
    office.ok(&["subscriber", "add", "ada@example.net", "--confirmed"]);
    let daemon = office.serve();
    let mut operator = operator(&office, &daemon).await;
    for path in ["/admin", "/admin/check", "/admin/settings", "/admin/subscribers/1", "/admin/bounces"] {
        operator.get(path).await;
        assert!(locks(&office).iter().all(|locks| *locks > 0), "{path}: {:?}", locks(&office));
    }
    let forgotten = operator.post("/admin/subscribers/1", &[("do", "forget-now")]).await;
    assert_eq!(forgotten.status, 303, "{}", forgotten.text);
    assert!(locks(&office).iter().all(|locks| *locks > 0), "{:?}", locks(&office));
    // Who comes and goes takes nothing away.
    for command in [vec!["check"], vec!["status"], vec!["backup", "copy.db"]] {
        office.run(&command);
        assert!(locks(&office).iter().all(|locks| *locks > 0), "{command:?}: {:?}", locks(&office));
    }
    assert_eq!(operator.get("/admin/subscribers").await.status, 200);
}
