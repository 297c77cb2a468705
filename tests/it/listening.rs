//! Where the daemon is reached, below which path, and what it tells whoever started it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::time::Duration;

use crate::support::{Office, wait_for};

/// What is answered to a request over a socket.
fn asked(socket: &std::path::Path, path: &str) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_socket_is_for_our_group_and_goes_with_the_daemon() {
    let office = Office::new();
    office.add(&["forum", "A forum", "--on", "2030-10-01"]);
    let socket = office.path("http");
    let listen = format!("unix:{}", socket.display());
    // One that a dead program left is no hindrance.
    drop(UnixListener::bind(&socket).unwrap());
    let daemon = office.serve_at(&listen);
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o660);
    let page = asked(&socket, "/");
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("A forum"), "{page}");
    let (status, _) = daemon.stop();
    assert!(status.success() && !socket.exists());

    // One at which somebody listens stays, and so does what is none.
    let _other = UnixListener::bind(&socket).unwrap();
    let error = office.fails(&["serve", "--listen", &listen], 1);
    assert!(error.contains("another program listens there") && error.contains("[http] listen"), "{error}");
    let file = office.path("file");
    std::fs::write(&file, "mine").unwrap();
    let error = office.fails(&["serve", "--listen", &format!("unix:{}", file.display())], 1);
    assert!(error.contains("is no socket"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let error = office.fails(&["serve", "--demo", "--listen", &format!("unix:{}", office.path("demo").display())], 2);
    assert!(error.contains("in a browser"), "{error}");
}

/// What a page leads to on its own host.
fn led(page: &str) -> BTreeSet<String> {
    let begins = ["href=\"/", "src=\"/", "action=\"/"].into_iter().flat_map(|begin| {
        page.match_indices(begin).map(move |(at, _)| &page[at + begin.len() - 1..]).collect::<Vec<_>>()
    });
    let addresses = begins.map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
    addresses.map(|address| address.split('#').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_below_a_path_leads_nowhere_else() {
    let office = Office::with_config(
        "[site]\nbase_url = \"http://127.0.0.1:8080\"\n[http]\nbase_path = \"/about/dates\"\n\
         [[digest]]\nslug = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 8 * * 1\"\n",
    );
    office.add(&["forum", "A forum", "--on", "2030-10-01", "--topic", "lifts", "--standard", "GB/T 35273-2020"]);
    office.ok(&["editor", "add", "ann@example.org", "--role", "operator"]);
    office.ok(&["subscriber", "add", "ada@example.org"]);
    let daemon = office.serve();
    for elsewhere in ["/", "/calendar.ics", "/about", "/about/datesx", "/admin"] {
        assert_eq!(daemon.get(elsewhere).await.status(), 404, "{elsewhere}");
    }
    // Every page that there is, from link to link.
    let (mut open, mut seen) = (vec!["/about/dates".to_owned()], BTreeSet::new());
    while let Some(path) = open.pop() {
        // Each month leads to the next.
        if path.starts_with("/about/dates/20") && !path.contains("/2030/") || !seen.insert(path.clone()) {
            continue;
        }
        let answer = daemon.get(&path).await;
        assert!(answer.status().as_u16() < 400, "{path}: {}", answer.status());
        let is_page = answer.headers()["content-type"].to_str().unwrap().starts_with("text/html");
        let text = answer.text().await.unwrap();
        if is_page {
            for next in led(&text) {
                assert!(next == "/about/dates" || next.starts_with("/about/dates/"), "{path} leads to {next}");
                open.push(next);
            }
        }
    }
    for path in ["/about/dates/topics/lifts", "/about/dates/events/1", "/about/dates/follow"] {
        assert!(seen.contains(path), "no {path} in {seen:?}");
    }
    // A page that is packed, too.
    let packed = daemon.get_with("/about/dates/", &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    // What is told elsewhere is a whole address.
    let calendar = daemon.text("/about/dates/calendar.ics").await.replace("\r\n ", "");
    assert!(calendar.contains("http://127.0.0.1:8080/about/dates/events/1\r\n"), "{calendar}");
    let chosen = daemon.get("/about/dates/?lang=zh-Hans").await;
    let cookie = chosen.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("lang=zh-Hans; Path=/about/dates/;"), "{cookie}");
    let mail = office.wait_for_mails(1).remove(0);
    mail.link("http://127.0.0.1:8080/about/dates/confirm/");

    // The desk: where one is led to, and what the browser keeps.
    let link = office.ok(&["editor", "link", "ann@example.org"]);
    let link = link.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let path = link.strip_prefix("http://127.0.0.1:8080").unwrap();
    assert!(path.starts_with("/about/dates/admin/sign-in/"), "{path}");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let origin = format!("http://{}", daemon.address);
    let entered = client.post(daemon.url(path)).header("Origin", origin).form(&[("x", "")]).send().await.unwrap();
    assert_eq!(entered.headers()["location"], "/about/dates/admin");
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("desk=") && cookie.contains("Path=/about/dates/;"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let desk = client.get(daemon.url("/about/dates/admin")).header("Cookie", cookie).send().await.unwrap();
    assert_eq!(desk.status(), 200);
    let desk = desk.text().await.unwrap();
    assert!(desk.contains("data-typed=\"/about/dates/admin/typed\""), "{desk}");
    for path in led(&desk) {
        assert!(path.starts_with("/about/dates/") || path == "/about/dates/admin", "{path}");
    }
    let away = daemon.get("/about/dates/api/v1/events").await;
    assert_eq!(away.status(), 401);

    // Another path is taken over while it runs; one that is none is refused.
    office.configure("[http]\nbase_path = \"/elsewhere/\"\n");
    wait_for("the new path", || (asked_at(&daemon.address, "/elsewhere/").contains(" 200 OK")).then_some(()));
    for wrong in ["dates", "/a b", "/a//b", "/..", "/ü", "https://example.org/dates"] {
        office.configure(&format!("[http]\nbase_path = \"{wrong}\"\n"));
        let found = office.run(&["check"]).stdout;
        assert!(found.contains("base_path") && found.contains("is not a path of a site"), "{wrong}: {found}");
    }
}

fn asked_at(address: &str, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_service_manager_is_told_when_it_is_ready_that_it_lives_and_that_it_stops() {
    let office = Office::new();
    let socket = office.path("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let variables = [("NOTIFY_SOCKET", socket.to_str().unwrap()), ("WATCHDOG_USEC", "400000")];
    let daemon = office.serve_in(&variables);
    let told = || {
        let mut octets = [0; 1000];
        let length = manager.recv(&mut octets).unwrap();
        String::from_utf8_lossy(&octets[..length]).into_owned()
    };
    let first: Vec<String> = (0..3).map(|_| told()).collect();
    assert!(first.iter().any(|it| it.starts_with("READY=1\nSTATUS=listening on 127.0.0.1:")), "{first:?}");
    assert!(first.iter().any(|it| it == "WATCHDOG=1\n"), "{first:?}");
    let begun = std::time::Instant::now();
    (0..5).for_each(|_| assert_eq!(told(), "WATCHDOG=1\n"));
    // Twice in the time that it is given.
    assert!(begun.elapsed() >= Duration::from_millis(600), "{:?}", begun.elapsed());
    daemon.stop();
    let rest: Vec<String> = std::iter::from_fn(|| Some(told())).take_while(|it| it != "STOPPING=1\n").collect();
    assert!(rest.len() < 5, "{rest:?}");
}
