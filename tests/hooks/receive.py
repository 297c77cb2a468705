"""A program that is told what happens: it takes so many messages that the library proves, prints them and ends.

receive.py PORT-FILE SECRET COUNT
"""
import http.server
import json
import pathlib
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

port_file, secret, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
taken, wrong = [], []


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError as error:
            wrong.append(f"{error}: {headers} {body!r}")
            return self.answer(400)
        # What was changed on its way, or is signed with another secret, proves nothing.
        for octets, key in ((body + b" ", secret), (body, "whsec_" + "B" * 32)):
            try:
                Webhook(key).verify(octets, headers)
                wrong.append(f"taken though it was changed: {octets!r}")
            except WebhookVerificationError:
                pass
        taken.append({"id": headers["webhook-id"], **json.loads(body)})
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
server.timeout = 30
pathlib.Path(port_file).write_text(str(server.server_port))
server.handle_timeout = lambda: sys.exit(f"no message came; those so far: {taken}")
while len(taken) < count and not wrong:
    server.handle_request()
print("\n".join(wrong) or json.dumps(taken))
sys.exit(bool(wrong))
