"""Proxies in front of kalends, as packaging/proxies has them. Only names, ports and certificates are put in their places."""
import concurrent.futures
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1]
PROXIES = pathlib.Path("packaging/proxies")
CONTEXT = ssl._create_unverified_context()
POLLS = 10_000


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, check, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        try:
            if found := check():
                return found
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"waited {seconds} s for {what}")


def reachable(port):
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


class Running:
    def __init__(self, command, log):
        self.process = subprocess.Popen(command, stdout=open(log, "wb"), stderr=subprocess.STDOUT, start_new_session=True)
        self.log = log

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)


class Office:
    """A kalends that listens at a socket or a port, below a path or not."""

    def __init__(self, folder, name, listen, base_path="/"):
        self.folder, self.base = folder / name, base_path.rstrip("/")
        self.folder.mkdir()
        self.metrics = free_port()
        self.config = self.folder / "kalends.toml"
        self.config.write_text(
            f'[site]\nbase_url = "https://localhost"\ntitle = "Norms"\n[http]\nlisten = "{listen}"\nbase_path = "{base_path}"\n'
            f'[metrics]\nlisten = "127.0.0.1:{self.metrics}"\n[database]\nurl = "sqlite://{self.folder}/k.db"\n'
            f'[mail]\noutbox = "{self.folder}/outbox"\n[operator]\nfree = "0 MB"\n'
            '[[digest]]\nslug = "weekly"\ntitle = "The week"\nschedule = "0 8 * * 1"\narchive = true\n')
        self.run("init", fails=True)
        for n in range(40):
            self.run("event", "add", "effective-date", f"GB/T 35273-2020 takes effect, part {n}", "--on", "2030-10-01",
                     "--standard", "GB/T 35273-2020")
        self.daemon = Running([PROGRAM, "--config", self.config, "serve"], self.folder / "log")

    def run(self, *words, fails=False):
        done = subprocess.run([PROGRAM, "--config", self.config, *words], capture_output=True, text=True)
        assert fails or done.returncode == 0, done.stderr
        return done.stdout

    def asked(self):
        """How often kalends itself was asked."""
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        lines = [line for line in text.splitlines() if line.startswith("kalends_feed_hits_total")]
        assert lines, text
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


class Client:
    def __init__(self, port):
        self.port = port
        self.connection = None

    def get(self, path, method="GET", body=None, **headers):
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("localhost", self.port, context=CONTEXT, timeout=20)
        self.connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        answer.octets = answer.read()
        if answer.will_close:
            self.connection.close()
        return answer


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)


def in_place(text, folder, port, upstream):
    """A file of packaging/proxies with a name, a port and a certificate of here."""
    text = text.replace("events.example.org", "localhost")
    text = re.sub(r"/etc/letsencrypt/live/localhost/fullchain\.pem", f"{folder}/cert.pem", text)
    text = re.sub(r"/etc/letsencrypt/live/localhost/privkey\.pem", f"{folder}/key.pem", text)
    for theirs in ("http://127.0.0.1:8080", "127.0.0.1:8080"):
        text = text.replace(theirs, upstream)
    return text.replace("/var/cache/nginx/kalends", f"{folder}/cache")


def nginx(folder, port, listen, file="nginx.conf"):
    upstream = f"http://{listen}" if ":" in listen and not listen.startswith("unix:") else f"http://{listen}"
    site = in_place((PROXIES / file).read_text(), folder, port, upstream).replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 2; user root;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ access_log off; client_body_temp_path {folder}/body; "
        f"proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"{site}\n}}\n")
    return [shutil.which("nginx"), "-c", folder / "nginx.conf"]


def caddy(folder, port, listen):
    upstream = listen.replace("unix:", "unix/") if listen.startswith("unix:") else listen
    site = in_place((PROXIES / "Caddyfile").read_text(), folder, port, upstream)
    site = site.replace("localhost {", f"https://localhost:{port} {{\n\ttls {folder}/cert.pem {folder}/key.pem")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    os.environ["HOME"] = str(folder)
    return [shutil.which("caddy"), "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]


def apache(folder, port, listen):
    upstream = f"{listen}|http://localhost" if listen.startswith("unix:") else f"http://{listen}"
    site = in_place((PROXIES / "apache.conf").read_text(), folder, port, upstream).replace("*:443", f"127.0.0.1:{port}")
    modules = "mpm_event authz_core ssl socache_shmcb proxy proxy_http headers".split()
    load = "".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so\n" for m in modules)
    (folder / "apache.conf").write_text(
        f"ServerName localhost\nServerRoot {folder}\nPidFile {folder}/apache.pid\nErrorLog {folder}/error.log\nUser www-data\n"
        f"Group root\nMutex file:{folder} default\n{load}Listen 127.0.0.1:{port}\n{site}")
    return [shutil.which("apache2"), "-f", folder / "apache.conf", "-DFOREGROUND"]


def passes(client, base):
    """What every proxy has to let by as it is."""
    home = client.get(f"{base}/")
    assert home.status == 200 and b"takes effect" in home.octets, (home.status, home.octets[:300])
    led = set(re.findall(rb'(?:href|src|action)="(/[^"]*)"', home.octets))
    assert led and all(path.startswith(f"{base}/".encode()) for path in led), led
    for path in sorted(led):
        answer = client.get(path.decode().replace("&#38;", "&").split("#")[0])
        assert answer.status < 400, (path, answer.status)
    assert client.get(f"{base}/standards/GB/T%2035273-2020").status == 200
    packed = client.get(f"{base}/calendar.ics", Accept_Encoding="gzip")
    assert packed.getheader("Content-Encoding") == "gzip", packed.getheaders()
    calendar = gzip.decompress(packed.octets)
    assert calendar == client.get(f"{base}/calendar.ics").octets and calendar.count(b"BEGIN:VEVENT") == 40
    fresh = client.get(f"{base}/calendar.ics", Accept_Encoding="gzip", If_None_Match=packed.getheader("ETag"))
    assert fresh.status == 304, fresh.status
    form = "email=nobody%40example.com&digest=weekly"
    asked = client.get(f"{base}/subscribe", "POST", form, Content_Type="application/x-www-form-urlencoded")
    assert asked.status == 200, (asked.status, asked.octets[:300])
    large = client.get(f"{base}/subscribe", "POST", "x" * 100_000, Content_Type="application/x-www-form-urlencoded")
    assert large.status == 413, large.status


def signs_in(client, office):
    """By a link that is printed; what the desk says of itself leads below the path, too."""
    office.run("editor", "add", "ann@example.org", "--role", "operator")
    link = re.search(r"https://localhost(/\S+)", office.run("editor", "link", "ann@example.org")).group(1)
    page = client.get(link)
    assert page.status == 200 and link.startswith(f"{office.base}/admin/sign-in/"), (link, page.status)
    form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://localhost:{client.port}",
            "Sec_Fetch_Site": "same-origin"}
    hidden = "&".join(f"{n}={v}" for n, v in re.findall(rb'name="(\w+)" value="([^"]*)"'.decode(), page.octets.decode()))
    entered = client.get(link, "POST", hidden, **form)
    assert entered.status == 303 and entered.getheader("Location") == f"{office.base}/admin", entered.getheaders()
    cookies = [value for name, value in entered.getheaders() if name.lower() == "set-cookie"]
    own = [c for c in cookies if "desk=" in c and "Max-Age=0" not in c][0]
    assert f"Path={office.base}/;" in own and own.startswith("__Secure-" if office.base else "__Host-"), own
    desk = client.get(f"{office.base}/admin", Cookie=own.split(";")[0])
    led = set(re.findall(rb'(?:href|src|action|data-\w+)="(/[^"]*)"', desk.octets))
    assert desk.status == 200 and all(path.startswith(f"{office.base}/".encode()) or path == office.base.encode() for path in led), led
    assert "no-store" in desk.getheader("Cache-Control")
    return own.split(";")[0]


def cache(folder):
    """What a cache that many share may keep, and for how long."""
    port, upstream = free_port(), free_port()
    office = Office(folder, "cached", f"127.0.0.1:{upstream}")
    own = folder / "nginx-cache"
    own.mkdir()
    certificate(own)
    proxy = Running(nginx(own, port, f"127.0.0.1:{upstream}", "nginx-cache.conf"), own / "log")
    try:
        wait_for("nginx", lambda: reachable(port) and reachable(upstream))
        client = Client(port)
        begun, before = time.time(), office.asked()

        def poll(count):
            of_one, mark = Client(port), None
            for _ in range(count):
                answer = of_one.get("/calendar.ics", Accept_Encoding="gzip", **({"If_None_Match": mark} if mark else {}))
                assert answer.status in (200, 304), answer.status
                mark = answer.getheader("ETag")
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            list(pool.map(poll, [POLLS // 20] * 20))
        took, asked = time.time() - begun, office.asked() - before
        minutes = 1 + int(took // 50)
        print(f"  {POLLS} polls in {took:.1f} s reached kalends {asked:.0f} times")
        assert asked <= minutes, (asked, took)

        # Languages do not mix, nor do encodings.
        for _ in range(2):
            for language, words in (("en", b"Coming up"), ("zh-CN", "日期".encode())):
                page = client.get("/", Accept_Language=language)
                assert words in page.octets, (language, page.octets[:500])
                assert page.getheader("Content-Language").startswith(language[:2])
        chosen = client.get("/?lang=zh-Hans")
        assert chosen.getheader("Set-Cookie"), chosen.getheaders()
        assert "日期".encode() in client.get("/", Cookie="lang=zh-Hans", Accept_Language="en").octets
        assert b"Coming up" in client.get("/", Accept_Language="en").octets

        # What is one person's is asked for each time, and nothing of it lies on the disk.
        cookie = signs_in(client, office)
        office.run("subscriber", "add", "ada@example.org", "--confirmed")
        own_calendar = json.loads(office.run("--json", "subscriber", "calendar", "ada@example.org"))["url"].split("localhost", 1)[1]
        token = office.run("token", "add", "robot", "--scope", "events:read").split()
        token = next(word for word in token if len(word) > 30)
        office.run("event", "add", "forum", "A forum", "--on", "+5d")
        office.run("digest", "send", "weekly")
        mails = lambda: "".join(p.read_text() for p in (office.folder / "outbox").glob("*.eml")).replace("=\n", "")
        links = wait_for("the edition", lambda: set(re.findall(r"https://localhost(/(?:preferences|unsubscribe)/[\w.-]+)", mails())))
        for path, headers in [(own_calendar, {}), ("/admin", {"Cookie": cookie}),
                              ("/api/v1/events", {"Authorization": f"Bearer {token}"}), *[(link, {}) for link in links]]:
            for _ in range(2):
                answer = client.get(path, **headers)
                assert answer.status == 200, (path, answer.status)
                assert re.search("no-store|private", answer.getheader("Cache-Control")), (path, answer.getheaders())
            stripped = client.get(path)
            assert not headers or stripped.status in (303, 401), (path, stripped.status)
        kept = b"".join(p.read_bytes() for p in (own / "cache").rglob("*") if p.is_file())
        assert b"KEY: " in kept and b"/calendar.ics" in kept
        for secret in [cookie.split("=")[1], token, *own_calendar.split("/")[-1:], *[link.split("/")[-1] for link in links]]:
            assert secret.encode() not in kept, secret

        # A change is seen within a minute.
        office.run("event", "edit", "1", "--title", "Moved to the town hall")
        changed = time.time()
        wait_for("the change", lambda: b"Moved to the town hall" in client.get("/calendar.ics").octets, 60)
        wait_for("the change of the page", lambda: b"Moved to the town hall" in client.get("/events/1").octets, 60)
        print(f"  a change was seen after {time.time() - changed:.0f} s")
    finally:
        proxy.stop()
        office.daemon.stop()


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kalends-proxies-"))
    folder.chmod(0o755)
    makers = [(name, maker) for name, maker, program in
              [("nginx", nginx, "nginx"), ("caddy", caddy, "caddy"), ("apache", apache, "apache2")] if shutil.which(program)]
    for name, maker in makers:
        for way in ("port", "socket", "path"):
            own = folder / f"{name}-{way}"
            own.mkdir()
            certificate(own)
            os.chmod(own / "key.pem", 0o644)
            listen = f"unix:{own}/http" if way == "socket" else f"127.0.0.1:{free_port()}"
            office = Office(own, "office", listen, "/about/dates" if way == "path" else "/")
            if way == "socket":
                wait_for("the socket", (own / "http").exists)
                assert (own / "http").stat().st_mode & 0o777 == 0o660
            port = free_port()
            proxy = Running(maker(own, port, listen), own / "log")
            try:
                wait_for(f"{name} ({way})", lambda: reachable(port))
                client = Client(port)
                wait_for("kalends", lambda: client.get(f"{office.base}/readyz").status == 200)
                passes(client, office.base)
                signs_in(client, office)
                if way == "path":
                    assert client.get("/").status == 404
                print(f"{name}, {way}: right")
            except BaseException:
                print((own / "log").read_text(errors="replace")[-3000:])
                for log in own.glob("error.log"):
                    print(log.read_text()[-3000:])
                print(office.daemon.log.read_text()[-3000:])
                raise
            finally:
                proxy.stop()
                office.daemon.stop()
            if way == "socket":
                assert not (own / "http").exists()
    if shutil.which("nginx"):
        print("a cache that many share (nginx):")
        cache(folder)
    shutil.rmtree(folder)


main()
