-- What is asked for at the doors that mail somebody, for a day: the limits count these.

-- Each wish by where it came from, before it is looked at what becomes of it.
CREATE TABLE wish (
    at      INTEGER NOT NULL,
    network TEXT    NOT NULL
) STRICT;
CREATE INDEX wish_of_network ON wish (network, at);
CREATE INDEX wish_at ON wish (at);
INSERT INTO wish (at, network) SELECT created_at, network FROM sign_up WHERE network IS NOT NULL;

-- Each mail that came of one, by keyed hashes of its mailbox (without a tag) and its domain.
CREATE TABLE asked_mail (
    at      INTEGER NOT NULL,
    mailbox TEXT    NOT NULL,
    domain  TEXT    NOT NULL
) STRICT;
CREATE INDEX asked_mail_to_mailbox ON asked_mail (mailbox, at);
CREATE INDEX asked_mail_to_domain ON asked_mail (domain, at);
CREATE INDEX asked_mail_at ON asked_mail (at);

-- It was for the limits alone.
DROP INDEX sign_up_of_the_day;
CREATE INDEX sign_up_with_network ON sign_up (created_at) WHERE network IS NOT NULL;
