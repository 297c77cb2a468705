"""A folder with a Debian in it, and the package."""
import gzip
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT, PACKAGE, PROGRAM = (pathlib.Path(argument) for argument in sys.argv[1:4])
STATE, CONFIG = ROOT / "var/lib/kalends", ROOT / "etc/kalends/kalends.toml"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def on_machine(*words, user=None, code=0, cwd="/", input=None, environment=None):
    """Runs something on the machine; what it said."""
    command = ["chroot"] + ([f"--userspec={user}:{user}"] if user else []) + [ROOT, "sh", "-c", f'cd {cwd} && exec "$0" "$@"', *words]
    done = subprocess.run(command, capture_output=True, text=True, input=input, env={**ENVIRONMENT, **(environment or {})})
    said = done.stdout + done.stderr
    assert code is None or done.returncode == code, (words, done.returncode, said)
    return said


def wait_for(what, check, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"waited {seconds} s for {what}")


def unit():
    return (ROOT / "lib/systemd/system/kalends.service").read_text()


class Daemon:
    """The unit's own ExecStart, as its user, in its folder, with a service manager that is told."""

    def __init__(self):
        started = re.search(r"^ExecStart=(.*)$", unit(), re.M).group(1).split()
        user = re.search(r"^User=(.*)$", unit(), re.M).group(1)
        folder = re.search(r"^WorkingDirectory=(.*)$", unit(), re.M).group(1)
        umask = re.search(r"^UMask=(.*)$", unit(), re.M).group(1)
        told = ROOT / "run/notify"
        told.unlink(missing_ok=True)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(told))
        told.chmod(0o666)
        self.log = ROOT / "tmp/log"
        self.process = subprocess.Popen(
            ["chroot", f"--userspec={user}:{user}", ROOT, "sh", "-c", f"cd {folder} && umask {umask} && exec \"$0\" \"$@\"", *started],
            stderr=open(self.log, "w"), env={**ENVIRONMENT, "NOTIFY_SOCKET": "/run/notify"})

    def ready(self):
        self.manager.settimeout(60)
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"it ended: {self.log.read_text()}")
            self.manager.settimeout(1)
            try:
                told = self.manager.recv(4096).decode()
            except TimeoutError:
                continue
            if "READY=1" in told:
                return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0, self.log.read_text()
        self.manager.close()


def installed():
    """What lies where, and whose it is."""
    # No service manager runs here, so nothing may be started.
    (ROOT / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (ROOT / "usr/sbin/policy-rc.d").chmod(0o755)
    shutil.copy(PACKAGE, ROOT / "tmp/kalends.deb")
    said = on_machine("dpkg", "-i", "/tmp/kalends.deb")
    assert "/etc/kalends/kalends.toml is yours to edit" in said, said
    mode = lambda path: oct((ROOT / path).stat().st_mode & 0o777)
    assert (mode("etc/kalends/kalends.toml"), mode("etc/kalends"), mode("var/lib/kalends")) == ("0o640", "0o750", "0o750")
    user = on_machine("id", "kalends")
    assert "(kalends) groups=" in user, user
    owner = int(re.search(r"uid=(\d+)", user).group(1))
    assert STATE.stat().st_uid == owner and (STATE / "data/kalends.db").stat().st_uid == owner
    for path in ["usr/share/man/man1/kalends-event-add.1.gz", "usr/share/bash-completion/completions/kalends",
                 "usr/share/zsh/vendor-completions/_kalends", "usr/share/fish/vendor_completions.d/kalends.fish",
                 "usr/share/doc/kalends/install.md", "usr/share/doc/kalends/examples/standby/kalends-owner"]:
        assert (ROOT / path).exists(), path
    assert os.access(ROOT / "usr/share/doc/kalends/examples/standby/kalends-owner", os.X_OK)
    # The unit is one, and shuts the daemon off from what it does not need.
    # That of the folder has no other units to stand beside, so it is judged by those of this machine.
    here = ROOT.parent / "kalends.service"
    here.write_text(unit().replace("/usr/bin/kalends", str(PROGRAM)))
    verified = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True)
    about_us = [line for line in verified.stderr.splitlines() if "kalends" in line and "'man kalends(1)'" not in line]
    assert not about_us, about_us
    judged = subprocess.run(["systemd-analyze", "security", "--offline=true", ROOT / "lib/systemd/system/kalends.service"],
                            capture_output=True, text=True).stdout
    exposure = float(re.search(r"exposure level for \S+: ([\d.]+)", judged).group(1))
    assert exposure < 2.0, judged
    print(f"installed; the unit's exposure is {exposure}")


def newcomer(port):
    """From the package to the first digest of one's own: each command, and each line that is edited."""
    begun, commands, edited = time.time(), 1, 0
    text = CONFIG.read_text()
    for old, new in [('base_url = "http://127.0.0.1:8080"', f'base_url = "http://127.0.0.1:{port}"'),
                     ('listen = "127.0.0.1:8080"', f'listen = "127.0.0.1:{port}"'),
                     ('from = "kalends <news@example.org>"', 'from = "Norms <norms@example.org>"')]:
        assert old in text, old
        text, edited = text.replace(old, new, 1), edited + 1
    CONFIG.write_text(text)
    # Root is told whom to be, whatever it wants.
    for words in (["status"], ["event", "list"], ["serve"], ["check"], ["init"]):
        said = on_machine("kalends", *words, code=1)
        assert "sudo -u kalends kalends …" in said, said
    assert "kalends 0." in on_machine("kalends", "--version")
    own = lambda *words, **more: on_machine("kalends", *words, user="kalends", cwd="/tmp", **more)
    said = own("check", code=None)
    assert "/etc/kalends/kalends.toml" in said and "/var/lib/kalends/data/kalends.db" in said, said
    daemon = Daemon().ready()
    commands += 2
    own("event", "add", "forum", "Our first forum", "--on", "+5d")
    own("subscriber", "add", "ada@example.org", "--confirmed")
    assert "Our first forum" in own("digest", "preview", "weekly")
    own("digest", "send", "weekly")
    commands += 4
    mail = wait_for("the first digest", lambda: list((STATE / "data/outbox").glob("*.eml")))[0].read_text()
    assert "Our first forum" in mail and "norms@example.org" in mail, mail[:500]
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()
    assert "Our first forum" in page
    assert own("status", "--ready").startswith("ready")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (STATE / "data").rglob("*") if path.is_file())
    assert commands <= 12 and edited <= 3
    print(f"a newcomer's first digest: {commands} commands, {edited} edited lines, {time.time() - begun:.0f} s of the machine's time")
    return daemon


def goes_wrong(daemon, port):
    """A second daemon, a port that is taken, a package over a daemon that runs, a folder of another owner, a newer database."""
    own = lambda *words, **more: on_machine("kalends", *words, user="kalends", cwd="/", **more)
    said = own("serve", code=1)
    assert "already serves" in said, said
    said = on_machine("dpkg", "-i", "/tmp/kalends.deb")
    assert "kalends.toml is yours" not in said and urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").status == 200
    assert 'from = "Norms' in CONFIG.read_text()
    daemon.stop()
    assert "no daemon answers" in own("status", "--ready", code=1)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said = own("serve", code=1)
        assert "is in use by another program" in said, said
    # Someone copied the folder as root.
    os.chown(STATE, 0, 0)
    said = on_machine("dpkg", "-i", "/tmp/kalends.deb")
    assert "is of the user root, and stays so: chown" in said and STATE.stat().st_uid == 0, said
    owner = (STATE / "data/kalends.db").stat().st_uid
    os.chown(STATE, owner, owner)


def upgraded(port):
    """Over the database of an older version."""
    database = STATE / "data/kalends.db"
    owner = database.stat().st_uid
    for path in (STATE / "data").glob("kalends.db*"):
        path.unlink()
    database.write_bytes(gzip.decompress(pathlib.Path("tests/data/v0.2.0.db.gz").read_bytes()))
    os.chown(database, owner, owner)
    said = on_machine("kalends", "event", "list", user="kalends", code=1)
    assert "older" in said or "serve" in said, said
    on_machine("dpkg", "-i", "/tmp/kalends.deb")
    daemon = Daemon().ready()
    assert len(on_machine("kalends", "event", "list", "--all", user="kalends").splitlines()) > 3
    copies = list((STATE / "data").glob("*upgrade*")) or list((STATE / "data").glob("*.db*before*"))
    copies = copies or [path for path in (STATE / "data").iterdir() if path.name.startswith("kalends") and path.name not in
                        ("kalends.db", "kalends.db-wal", "kalends.db-shm", "kalends.db.lock")]
    assert copies, list((STATE / "data").iterdir())
    daemon.stop()
    print(f"an older database was brought up to date, and {copies[0].name} is as it was")
    # A database of a version that is yet to come.
    import sqlite3
    with sqlite3.connect(database) as newer:
        newer.execute("INSERT INTO _sqlx_migrations SELECT 99990101000000, 'to come', installed_on, success, checksum, execution_time "
                      "FROM _sqlx_migrations LIMIT 1")
    newer.close()
    before = database.read_bytes()
    said = on_machine("kalends", "serve", user="kalends", code=1)
    assert "newer" in said, said
    assert database.read_bytes() == before
    print("a newer database is left alone:", said.strip().splitlines()[-1])


def removed():
    on_machine("dpkg", "--purge", "kalends")
    assert not (ROOT / "usr/bin/kalends").exists() and not CONFIG.exists()
    assert (STATE / "data/kalends.db").exists() and "(kalends)" in on_machine("id", "kalends")
    print("purged; the office's data are there")


def image():
    """The Dockerfile's steps: the folder /out, a C library, nobody's user, nothing to write but the volume."""
    steps = pathlib.Path("packaging/image/Dockerfile").read_text()
    folder = ROOT.parent / "image"
    for path in ("usr/bin", "etc/kalends", "var/lib/kalends/data", "run/kalends", "etc/ssl/certs", "tmp"):
        (folder / path).mkdir(parents=True)
        assert path in steps or path in ("etc/ssl/certs", "tmp"), path
    shutil.copy(PROGRAM, folder / "usr/bin/kalends")
    shutil.copy("config/kalends.toml", folder / "etc/kalends/kalends.toml")
    libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout
    for library in re.findall(r"(/\S+\.so\S*)", libraries):
        place = folder / library[1:]
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, place)
    for path in [folder / "var/lib/kalends", folder / "var/lib/kalends/data", folder / "run/kalends"]:
        os.chown(path, 65532, 65532)
    os.chown(folder / "etc/kalends/kalends.toml", 65532, 65532)
    port = free_port()
    variables = dict(re.findall(r"^ENV (\w+)=(\S+)", steps, re.M))
    assert variables == {"KALENDS_HTTP__LISTEN": "0.0.0.0:8080"}
    environment = {"KALENDS_HTTP__LISTEN": f"0.0.0.0:{port}", "KALENDS_SITE__TITLE": "Of an image"}
    command = lambda *words: [shutil.which("chroot"), "--userspec=65532:65532", folder, *words]
    entry = re.search(r'^ENTRYPOINT \["(.*?)"\]', steps, re.M).group(1)
    served = re.findall(r'"([\w-]+)"', re.search(r"^CMD (\[.*\])", steps, re.M).group(1))
    served = ["serve", "--init"] if served[0] == "serve" else served
    daemon = subprocess.Popen(command(entry, *served), env=environment, stderr=subprocess.PIPE, text=True)
    health = re.search(r"CMD (\[.*status.*\])", steps).group(1)
    health = re.findall(r'"([^"]+)"', health)
    ask = lambda: subprocess.run(command(*health), env=environment, capture_output=True, text=True)
    wait_for("the image", lambda: ask().returncode == 0)
    assert "Of an image" in urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()
    daemon.terminate()
    assert daemon.wait(20) == 0, daemon.stderr.read()
    gone = ask()
    assert gone.returncode == 1 and "no daemon answers" in gone.stderr, gone
    print("the image's steps give an office that says how it is:", " ".join(health))


installed()
PORT = free_port()
running = newcomer(PORT)
try:
    goes_wrong(running, PORT)
    upgraded(PORT)
    removed()
    image()
finally:
    if running.process.poll() is None:
        running.process.kill()
