-- What other programs are told of, and how far each has been told.

-- Those of the configuration that is in force.
CREATE TABLE webhook (
    name         TEXT    PRIMARY KEY,
    history_id   INTEGER NOT NULL, -- up to this line of history all is in the outbox,
    happening_id INTEGER NOT NULL, -- and up to this happening
    address      BLOB    NOT NULL CHECK (length(address) = 32), -- a hash of its url: another one is another program
    gone_at      INTEGER,          -- since when its server says that nobody wants it any more
    taken_at     INTEGER,          -- the last time that all went well
    failures     INTEGER NOT NULL DEFAULT 0 -- since then
) STRICT, WITHOUT ROWID;

-- What happened that no history of events tells, by numbers that lead to it, until all webhooks have it in the outbox.
-- The triggers below write it in the transaction that makes it happen; without webhooks they write nothing.
CREATE TABLE happening (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at    INTEGER NOT NULL,
    topic TEXT    NOT NULL,
    about INTEGER NOT NULL, -- an edition, a delivery, a subscriber, an alert
    digest_id INTEGER       -- of a subscriber's: which digest they get or left
) STRICT;

-- The outbox.
CREATE TABLE hook_message (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook     TEXT    NOT NULL,
    message_id  TEXT    NOT NULL UNIQUE, -- the same each time that it is sent
    topic       TEXT    NOT NULL,
    body        TEXT    NOT NULL,        -- JSON; people stand in it by the ids of their rows
    status      TEXT    NOT NULL CHECK (status IN ('waiting', 'taken', 'failed')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    tried_since INTEGER,                 -- the first attempt; giving up counts from here
    next_at     INTEGER,
    done_at     INTEGER,
    answer      TEXT,                    -- the beginning of what came back, or why nothing did
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX hook_message_due ON hook_message (webhook, next_at) WHERE status = 'waiting';
CREATE INDEX hook_message_done ON hook_message (done_at) WHERE done_at IS NOT NULL;

CREATE TRIGGER edition_made AFTER INSERT ON edition WHEN EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about) VALUES (unixepoch(), 'edition.made', NEW.id);
END;
CREATE TRIGGER edition_sent AFTER UPDATE OF through_at ON edition
WHEN OLD.through_at IS NULL AND NEW.through_at IS NOT NULL AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about) VALUES (unixepoch(), 'edition.sent', NEW.id);
END;
CREATE TRIGGER delivery_failed AFTER UPDATE OF status ON delivery
WHEN NEW.status = 'failed' AND OLD.status <> 'failed' AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about) VALUES (unixepoch(), 'delivery.failed', NEW.id);
END;
CREATE TRIGGER subscription_made_confirmed AFTER INSERT ON subscription
WHEN NEW.status = 'confirmed' AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about, digest_id)
    VALUES (unixepoch(), 'subscriber.confirmed', NEW.subscriber_id, NEW.digest_id);
END;
CREATE TRIGGER subscription_confirmed AFTER UPDATE OF status ON subscription
WHEN NEW.status = 'confirmed' AND OLD.status <> 'confirmed' AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about, digest_id)
    VALUES (unixepoch(), 'subscriber.confirmed', NEW.subscriber_id, NEW.digest_id);
END;
CREATE TRIGGER subscription_left AFTER UPDATE OF status ON subscription
WHEN NEW.status = 'left' AND OLD.status = 'confirmed' AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about, digest_id)
    VALUES (unixepoch(), 'subscriber.left', NEW.subscriber_id, NEW.digest_id);
END;
CREATE TRIGGER subscription_deleted AFTER DELETE ON subscription
WHEN OLD.status = 'confirmed' AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about, digest_id)
    VALUES (unixepoch(), 'subscriber.left', OLD.subscriber_id, OLD.digest_id);
END;
-- What needs a hand is told to programs when it is to people.
CREATE TRIGGER alert_made_raised AFTER INSERT ON alert
WHEN NEW.raised_at IS NOT NULL AND NEW.kind IN ('source', 'relay') AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about)
    VALUES (unixepoch(), iif(NEW.kind = 'source', 'source.failing', 'relay.stopped'), NEW.id);
END;
CREATE TRIGGER alert_raised AFTER UPDATE OF raised_at ON alert
WHEN OLD.raised_at IS NULL AND NEW.raised_at IS NOT NULL AND NEW.kind IN ('source', 'relay')
 AND EXISTS (SELECT 1 FROM webhook) BEGIN
    INSERT INTO happening (at, topic, about)
    VALUES (unixepoch(), iif(NEW.kind = 'source', 'source.failing', 'relay.stopped'), NEW.id);
END;
