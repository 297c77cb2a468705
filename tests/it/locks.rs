//! SQLite's locks on a database that a daemon serves: they end with whatever else of the daemon closes one of its files, and
//! the next command would take the database for one that nobody has open.

use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::support::browser::Browser;
use crate::support::{Daemon, Office};

const OPI: &str = "opi@example.org";

/// By its end in the data folder, the first octet of the lock that is held as long as the file is open: on the database the
/// shared one, on the memory of its log the one that says that somebody uses it (`PENDING_BYTE` and `UNIX_SHM_DMS` in SQLite).
const HELD: [(&str, &str); 2] = [("kalends.db", "1073741826"), ("kalends.db-shm", "128")];

/// Those that are not held. While others lock and unlock, the system's list may pass some over: what is there is seen soon.
fn lost(office: &Office) -> Vec<&'static str> {
    let inode = |name: &str| std::fs::metadata(office.path("data").join(name)).unwrap().ino();
    let mut lost: Vec<_> = HELD.iter().map(|(name, first)| (*name, format!(":{} {first} ", inode(name)))).collect();
    for _ in 0..50 {
        let known = std::fs::read_to_string("/proc/locks").unwrap();
        lost.retain(|(_, lock)| !known.lines().any(|line| line.contains("POSIX") && line.contains(lock.as_str())));
        if lost.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    lost.into_iter().map(|(name, _)| name).collect()
}

async fn operator(office: &Office, daemon: &Daemon) -> Browser {
    let operator = Browser::signed_in(daemon, office, OPI, "operator").await;
    assert!(lost(office).is_empty(), "{:?}", lost(office));
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
        assert!(lost(&office).is_empty(), "{path}: {:?}", lost(&office));
    }
    let forgotten = operator.post("/admin/subscribers/1", &[("do", "forget-now")]).await;
    assert_eq!(forgotten.status, 303, "{}", forgotten.text);
    assert!(lost(&office).is_empty(), "{:?}", lost(&office));
    // Who comes and goes takes nothing away.
    for command in [vec!["check"], vec!["status"], vec!["backup", "copy.db"]] {
        office.run(&command);
        assert!(lost(&office).is_empty(), "{command:?}: {:?}", lost(&office));
    }
    assert_eq!(operator.get("/admin/subscribers").await.status, 200);
}
