"""Two folders are two machines; a third is where the stream goes. The first is killed while it sends."""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM, LITESTREAM = sys.argv[1:3]
OWNER = pathlib.Path("packaging/standby/kalends-owner").resolve()
READERS = 4000


class Relay(socketserver.ThreadingTCPServer):
    """Takes all mail, and counts what came to whom, by Message-ID."""
    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        self.taken, self.lock = collections.Counter(), threading.Lock()
        super().__init__(("127.0.0.1", 0), Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        try:
            self.talk()
        except OSError:
            pass

    def talk(self):
        self.say("220 relay.example ESMTP")
        to = None
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = re.search(rb"<([^>]*)>", line).group(1).decode()
            if verb == b"DATA":
                self.say("354 go on")
                message = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    message += line
                if not line:
                    return
                mark = re.search(rb"(?mi)^Message-ID:\s*(\S+)", message).group(1).decode()
                # Counted before it is answered: whoever is not told may send it again.
                with self.server.lock:
                    self.server.taken[(to, mark)] += 1
                time.sleep(0.004)
            self.say("221 bye" if verb == b"QUIT" else "250 so be it")
            if verb == b"QUIT":
                return


def wait_for(what, check, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"waited {seconds} s for {what}")


class Machine:
    def __init__(self, folder, name, relay, stream):
        self.folder, self.name, self.stream, self.running = folder / name, name, stream, []
        (self.folder / "config").mkdir(parents=True)
        (self.folder / "config/kalends.toml").write_text(
            f'[mail]\nfrom = "Norms <news@example.org>"\ntransport = "smtp"\n[[mail.relay]]\nurl = "smtp://127.0.0.1:{relay}"\n'
            'connections = 4\n[operator]\nfree = "0 MB"\n[[digest]]\nslug = "weekly"\nschedule = "0 8 * * 1"\nsend_empty = true\n')
        (self.folder / "litestream.yml").write_text(
            pathlib.Path("packaging/standby/litestream.yml").read_text()
            .replace("/var/lib/kalends", str(self.folder)).replace("/srv/kalends-stream", str(stream)))

    def run(self, *words, fails=False):
        begun = time.time()
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)
        assert fails or done.returncode == 0, (words, done.stderr)
        done.took = time.time() - begun
        return done

    def may_serve(self):
        environment = {**os.environ, "KALENDS_MACHINE": self.name}
        return subprocess.run([OWNER, "check", self.stream], env=environment, capture_output=True, text=True)

    def start(self, *command, log):
        process = subprocess.Popen(command, cwd=self.folder, stdout=open(self.folder / log, "ab"), stderr=subprocess.STDOUT)
        self.running.append(process)
        return process

    def serve(self):
        """As the unit does: only whose the stream is."""
        allowed = self.may_serve()
        assert allowed.returncode == 0, allowed.stderr
        return self.start(PROGRAM, "serve", "--listen", "127.0.0.1:0", log="log")

    def replicate(self):
        self.start(LITESTREAM, "replicate", "-config", "litestream.yml", log="stream.log")

    def die(self):
        for process in self.running:
            process.kill()
        for process in self.running:
            process.wait()
        self.running = []

    def ask(self, query):
        with sqlite3.connect(f"file:{self.folder}/data/kalends.db?mode=ro", uri=True) as database:
            return database.execute(query).fetchall()


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kalends-standby-"))
    stream = folder / "stream"
    stream.mkdir()
    relay = Relay()
    port = relay.server_address[1]
    first, second = (Machine(folder, name, port, stream) for name in ("first", "second"))
    first.run("init", fails=True)
    readers = folder / "readers.csv"
    readers.write_text("email,consent_at,consent_note\n" + "".join(
        f"reader{n}@example.com,2026-01-01,a list on paper\n" for n in range(READERS)))
    first.run("subscriber", "import", str(readers))
    first.run("event", "add", "forum", "A forum", "--on", "+3d")
    first.serve()
    first.replicate()
    time.sleep(2)
    try:
        # 1. Who is forgotten beside a stream: nobody is held up, nothing fails, and what is left is said.
        sent = first.run("digest", "send", "weekly")
        wait_for("the first mails", lambda: len(relay.taken) > READERS // 10)
        before = len(relay.taken)
        forgotten = first.run("--json", "subscriber", "forget", f"reader{READERS - 1}@example.com", "--yes")
        during = len(relay.taken) - before
        told = json.loads(forgotten.stdout)
        print(f"forgotten in {forgotten.took:.1f} s, while {during} mails went; cleared at once: {told['is_scrubbed']}")
        assert told["was_known"] and during > 50 * forgotten.took, (during, forgotten.took)

        # 2. It dies in mid-send.
        wait_for("a third of the mails", lambda: len(relay.taken) > READERS // 3)
        first.run("event", "add", "forum", "Typed in the last second", "--on", "+4d")
        first.die()
        at_death = collections.Counter(relay.taken)
        known_there = {address for (address,) in first.ask("SELECT address FROM delivery WHERE status = 'sent'")}

        # 3. The second machine goes on, once the stream is its own.
        refused = second.may_serve()
        assert refused.returncode == 1 and "belongs to first" in refused.stderr, refused
        subprocess.run([OWNER, "take", stream], env={**os.environ, "KALENDS_MACHINE": "second"}, check=True)
        (second.folder / "data").mkdir()
        begun = time.time()
        subprocess.run([LITESTREAM, "restore", "-o", second.folder / "data/kalends.db", f"file://{stream}"],
                       check=True, capture_output=True)
        restored = time.time() - begun
        assert second.ask("PRAGMA integrity_check") == [("ok",)]
        known_here = {address for (address,) in second.ask("SELECT address FROM delivery WHERE status = 'sent'")}
        assert known_here <= known_there
        titles = [title for (title,) in second.ask("SELECT title FROM event")]
        second.serve()
        second.replicate()
        wait_for("all mails", lambda: second.ask(
            "SELECT count(*) FROM delivery WHERE status NOT IN ('sent', 'suppressed')") == [(0,)], 120)

        # 4. What was lost and what came twice.
        everybody = {f"reader{n}@example.com" for n in range(READERS - 1)}
        reached = {address for address, _ in relay.taken}
        assert everybody <= reached, f"{len(everybody - reached)} got nothing"
        marks = collections.Counter(address for address, _ in relay.taken)
        twice = {key for key, count in relay.taken.items() if count > 1}
        lost = known_there - known_here
        print(f"restored in {restored:.1f} s; of {sum(at_death.values())} mails taken before the kill the stream did not know "
              f"{len(lost) + len(set(a for a, _ in at_death) - known_there)}")
        print(f"{len(everybody)} readers, none without a mail; {len(twice)} got it twice, each with one Message-ID")
        print(f"the event of the last second is {'there' if 'Typed in the last second' in titles else 'lost'}")
        assert "A forum" in titles
        # The same Message-ID, so that mail programs show one; and none that the stream knew of.
        assert all(marks[address] == 1 for address in everybody), "two Message-IDs for one reader"
        assert not {address for address, _ in twice} & known_here
        # A second, with what is on the wire, of what four connections carry.
        rate = 4 / 0.004
        assert len(twice) < 2.5 * rate, len(twice)

        # 5. The first comes back, and stays where it is.
        back = first.may_serve()
        assert back.returncode == 1 and "belongs to second" in back.stderr, back
        print("the first machine does not serve again:", back.stderr.strip())
        assert second.may_serve().returncode == 0
    except BaseException:
        for machine in (first, second):
            for log in ("log", "stream.log"):
                path = machine.folder / log
                print(machine.name, log, path.read_text()[-1500:] if path.exists() else "")
        raise
    finally:
        first.die()
        second.die()
        relay.shutdown()
    shutil.rmtree(folder)


main()
