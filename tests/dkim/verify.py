"""verify.py SIGNATURES KEY.json... -- MAIL.eml...

Each mail must carry so many signatures, all valid by the records of the keys (as `kalends --json dkim-key` tells them),
and none may stay valid when something that readers or their programs go by is changed or added. Exits with 1 if not.
"""
import json
import re
import sys

import dkim

MUST_BE_SIGNED = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted"}
OF_LISTS = {"list-id", "list-unsubscribe", "list-unsubscribe-post"}
ADDED = ["From: eve@example.net", "Subject: Free", "Reply-To: eve@example.net", "To: eve@example.net",
         "Content-Type: text/html", "List-Unsubscribe: <https://example.net/>", "Date: Thu, 01 Jan 2026 00:00:00 +0000"]

arguments = sys.argv[1:]
signatures, split = int(arguments[0]), arguments.index("--")
records = {}
for path in arguments[1:split]:
    with open(path, encoding="utf-8") as file:
        key = json.load(file)
    records[key["name"].encode() + b"."] = key["value"].encode()


def look_up(name, timeout=5):
    return records.get(name)


def judge(mail):
    """Whether each signature is valid."""
    found = []
    for index in range(len(re.findall(rb"(?mi)^dkim-signature:", mail))):
        try:
            found.append(dkim.DKIM(mail, minkey=2048).verify(idx=index, dnsfunc=look_up))
        except dkim.DKIMException as problem:
            found.append(problem)
    return found


wrong = []
mails = arguments[split + 1:]
for path in mails:
    with open(path, "rb") as file:
        mail = re.sub(rb"\r?\n", b"\r\n", file.read())
    good = judge(mail)
    if good != [True] * signatures:
        wrong.append(f"{path}: {good} instead of {signatures} valid signatures")
        continue
    head, body = mail.split(b"\r\n\r\n", 1)
    for field in re.findall(rb"(?mi)^dkim-signature:(?:.*\r\n[ \t])*.*", head):
        tags = dict(re.findall(r"(\w+)=([^;]*)", re.sub(r"\s+", "", field.decode())))
        names = tags["h"].lower().split(":")
        if any(len(line) > 78 for line in field.split(b"\r\n")):
            wrong.append(f"{path}: a line of the signature is longer than 78 octets")
        must = MUST_BE_SIGNED | (OF_LISTS if b"\r\nList-Id:" in head else set())
        if not must <= set(names) or names.count("from") != 2:
            wrong.append(f"{path}: h={tags['h']}")
        if tags["c"] != "relaxed/relaxed" or "l" in tags or tags["d"] != "mail.example.org":
            wrong.append(f"{path}: {tags}")
    changes = [(line, b"\r\n".join([*head.split(b"\r\n"), line.encode()]) + b"\r\n\r\n" + body) for line in ADDED]
    changes += [(line, line.encode() + b"\r\n" + mail) for line in ADDED]
    changes += [("body", mail.replace(b"plenary", b"Plenary") if b"plenary" in mail else mail.replace(b"https", b"http"))]
    for what, changed in changes:
        if changed == mail or True in judge(changed):
            wrong.append(f"{path}: still valid with another {what}")
    relayed = b"Received: by relay.example\r\n\tfor <a@b.example>\r\n" + mail.replace(b"\r\nTo: ", b"\r\nto:  ")
    if judge(relayed) != [True] * signatures:
        wrong.append(f"{path}: not valid any more after a relay")
for line in wrong:
    print(line)
if not wrong:
    print(f"tests/dkim: {' and '.join(sorted(name.split(b'.')[0].decode() for name in records))}: dkimpy finds "
          f"{len(mails)} mails valid, and none of {(2 * len(ADDED) + 1) * len(mails)} changed ones")
sys.exit(bool(wrong) or not mails)
