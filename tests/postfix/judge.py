"""judge.py MAIL...

SpamAssassin's local rules must give each mail a score below 1.0, and Python's parser find no defect in it, its fields and
parts. Exits with 1 if not.
"""
import email
import email.policy
import re
import subprocess
import sys
from email.errors import NonASCIILocalPartDefect, UndecodableBytesDefect

# The parser takes an address of RFC 6532, which has no other spelling, for two defects of the field that names it.
OF_UTF8_ADDRESSES = (NonASCIILocalPartDefect, UndecodableBytesDefect)


def is_defect(name, defect):
    return not (name.lower() == "to" and isinstance(defect, OF_UTF8_ADDRESSES) and not message["to"].isascii())


wrong = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        mail = file.read()
    message = email.message_from_bytes(mail, policy=email.policy.default)
    defects = [defect for part in message.walk() for defect in part.defects]
    defects += [(name, defect) for part in message.walk() for name, value in part.items() for defect in value.defects
                if is_defect(name, defect)]
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    if defects or not all(texts) or len(texts) < 2:
        wrong.append(f"{message['subject']}: {len(texts)} texts, {defects}")
    # That all came over trusted hosts, as here, would make up for a point of another rule.
    judged = subprocess.run(["spamassassin", "-L", "--cf=score ALL_TRUSTED 0"], input=mail, capture_output=True, check=True).stdout
    status = email.message_from_bytes(judged)["X-Spam-Status"]
    score, rules = re.search(r"score=(\S+).*tests=(.*?)\s+\w+=", status, re.DOTALL).groups()
    rules = re.sub(r"\s", "", rules)
    if float(score) >= 1.0:
        wrong.append(f"{message['subject']}: SpamAssassin gives it {score}: {rules}")
    print(f"tests/postfix: {message['subject']} for {message['to']}: SpamAssassin {score} ({rules}), no defect")
for line in wrong:
    print(line)
sys.exit(bool(wrong))
