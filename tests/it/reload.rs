//! A changed configuration is taken over while the daemon runs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{Office, wait_for};

pub const TAKEN: &str = "the configuration was taken over";
const REFUSED: &str = "the configuration can't be taken over";
const WEEKLY: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nsend_empty = true\n";

/// The answer to a request over a connection that stays open.
pub fn ask(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut octets = [0; 4096];
    loop {
        let count = stream.read(&mut octets).unwrap();
        assert!(count > 0, "the connection was ended");
        answer.extend_from_slice(&octets[..count]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(usize::MAX) || text.ends_with("0\r\n\r\n") {
            return text;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_in_the_file_is_in_force_within_two_seconds_and_no_connection_ends() {
    let office = Office::with_config("[site]\ntitle = \"Before\"\n");
    let mut daemon = office.serve();
    let mut connection = TcpStream::connect(&daemon.address).unwrap();
    assert!(ask(&mut connection, "/").contains("Before"));
    office.configure("[site]\ntitle = \"After\"\n");
    let begun = Instant::now();
    let line = daemon.wait_for_line(TAKEN);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(line.contains("[site] title: “Before” → “After”"), "{line}");
    assert!(ask(&mut connection, "/").contains("After"));
    assert!(daemon.text("/calendar.ics").await.contains("X-WR-CALNAME:After"));
    // An editor puts another file in its place.
    office.write("new", "[site]\ntitle = \"Last\"\n");
    std::fs::rename(office.path("new"), office.path("config/kalends.toml")).unwrap();
    daemon.wait_for_line(TAKEN);
    assert!(ask(&mut connection, "/").contains("Last"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_wrong_changes_nothing_and_is_told_until_it_is_mended() {
    let office = Office::with_config("[site]\ntitle = \"Before\"\n");
    let mut daemon = office.serve();
    for (wrong, told) in [
        ("[site]\ntitle = \"After\"\ntimezone = \"Mars/Olympus\"\n", "line 3: [site] timezone"),
        ("[site]\ntitle = \"Aft", "line 2"),
        (
            "[mail]\ntransport = \"smtp\"\nfrom = \"a@b.example\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:9\"\n\
          username = \"u\"\npassword_file = \"none\"\n",
            "none",
        ),
    ] {
        office.configure(wrong);
        let line = daemon.wait_for_line(REFUSED);
        assert!(line.contains(told), "{line}");
        wait_for("the word of readyz", || {
            let ready = futures(daemon.text("/readyz"));
            ready.contains("the configuration can't be taken over since").then_some(())
        });
        assert!(daemon.text("/").await.contains("Before"));
    }
    std::fs::remove_file(office.path("config/kalends.toml")).unwrap();
    let line = daemon.wait_for_line(REFUSED);
    assert!(line.contains("can't read config/kalends.toml"), "{line}");
    office.configure("[site]\ntitle = \"Before\"\n");
    daemon.wait_for_line("the configuration is right again");
    wait_for("the word of readyz", || (futures(daemon.text("/readyz")) == "ready\n").then_some(()));
    office.configure("[site]\ntitle = \"After\"\n");
    daemon.wait_for_line(TAKEN);
    assert!(daemon.text("/").await.contains("After"));
}

/// What comes of it, for a place that can't wait.
fn futures<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_is_never_taken() {
    let office = Office::with_config("[site]\ntitle = \"Before\"\n");
    let mut daemon = office.serve();
    for round in 0..5 {
        // Each part of it could be read by itself.
        let mut file = std::fs::File::create(office.path("config/kalends.toml")).unwrap();
        for part in ["[site]\n", "title = \"Half\"\n", "locale = \"zh-Hans\"\n", "[feed]\n"] {
            file.write_all(part.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(150));
        }
        writeln!(file, "description = \"{round}\"").unwrap();
        daemon.wait_for_line(&format!("→ “{round}”"));
    }
    let log = daemon.log_so_far();
    assert!(!log.contains(REFUSED), "{log}");
    assert_eq!(log.lines().filter(|line| line.contains("[site] locale:")).count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_is_not_taken_just_after_the_start_either() {
    let office = Office::with_config("");
    for round in 0..5 {
        office.configure(&format!("[site]\ntitle = \"Before {round}\"\n"));
        let mut daemon = office.serve();
        // It is empty for a while, as it is while an editor writes it.
        let mut file = std::fs::File::create(office.path("config/kalends.toml")).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        file.write_all(format!("[site]\ntitle = \"After {round}\"\n").as_bytes()).unwrap();
        drop(file);
        let line = daemon.wait_for_line(TAKEN);
        assert!(line.ends_with(&format!("“Before {round}” → “After {round}”")), "{line}");
        daemon.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_has_it_read_again_and_ends_nothing() {
    let office = Office::with_config("[look]\nlogo = \"logo.png\"\n");
    office.write("logo.png", b"\x89PNG\r\n\x1a\n");
    let mut daemon = office.serve();
    daemon.signal("HUP");
    daemon.wait_for_line("the configuration was read again: nothing changed");
    office.write("logo.png", b"\x89PNG\r\n\x1a\nanother");
    let line = daemon.wait_for_line(TAKEN);
    assert!(line.contains("[look] logo: what stands in the file changed"), "{line}");
    let (status, _) = daemon.stop();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_opened_at_the_start_is_named_and_stays() {
    let office = Office::with_config("[site]\ntitle = \"Before\"\n");
    let mut daemon = office.serve();
    let all = "[site]\ntitle = \"After\"\n[database]\nurl = \"sqlite://other.db\"\n[http]\nlisten = \"127.0.0.1:1\"\n\
               [metrics]\nlisten = \"127.0.0.1:2\"\n[bounce]\naddress = \"b@example.org\"\nlisten = \"127.0.0.1:3\"\n";
    office.configure(all);
    daemon.wait_for_line("[site] title");
    for option in ["[database] url", "[http] listen", "[metrics] listen", "[bounce] listen"] {
        let line = daemon.wait_for_line("this changes when the daemon is started again");
        assert!(line.contains(option), "{line}");
    }
    assert!(daemon.text("/").await.contains("After"));
    // It is kept a moment after it is told.
    let waiting = || office.rows("SELECT CAST(json_array_length(waiting) AS TEXT) FROM daemon");
    wait_for("what waits to be kept", || (waiting() == ["4"]).then_some(()));
    assert!(!office.path("other.db").exists());
    // Once told is enough.
    office.configure(&all.replace("After", "Last"));
    daemon.wait_for_line("→ “Last”");
    let told = daemon.log_so_far().matches("this changes when").count();
    assert_eq!(told, 4, "{}", daemon.log_so_far());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_digest_has_its_edition_and_it_looks_like_its_preview() {
    let office = Office::with_config("");
    let mut daemon = office.serve();
    office.configure(&format!("{WEEKLY}[look]\nheader = \"Words from the house\"\n"));
    daemon.wait_for_line("[[digest]] weekly: is new");
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    let preview = office.ok(&["digest", "preview", "weekly", "--format", "text"]);
    assert!(preview.contains("Words from the house"), "{preview}");
    office.ok(&["digest", "send", "weekly"]);
    let mail = &office.wait_for_mails(1)[0];
    assert!(mail.text().contains("Words from the house"), "{}", mail.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_a_digest_that_is_gone_wait_until_it_is_there_again() {
    let office = Office::with_config(WEEKLY);
    let mut daemon = office.serve();
    for reader in ["ada@example.org", "lin@example.org", "eve@example.org"] {
        office.ok(&["subscriber", "add", reader, "--confirmed"]);
    }
    office.settle(&mut daemon);
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    office.configure("");
    let line = daemon.wait_for_line("the digest is not in the configuration");
    assert!(line.contains("readers=3") && line.contains("queued=3") && line.contains("weekly"), "{line}");
    office.sql("UPDATE digest SET paused = 0");
    office.settle(&mut daemon);
    let before = office.outbox().len();
    // A new start knows it, too.
    daemon.stop();
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), before);
    assert!(daemon.log_so_far().contains("the digest is not in the configuration"), "{}", daemon.log_so_far());
    office.configure(WEEKLY);
    daemon.wait_for_line("[[digest]] weekly: is new");
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), before + 3);
}
