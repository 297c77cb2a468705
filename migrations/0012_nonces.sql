-- A row's own random value, covered by the MAC of the links that stand for it: after an older backup was put back,
-- another row gets the same id, and links mailed meanwhile must not act on it.

ALTER TABLE subscriber ADD COLUMN nonce BLOB CHECK (length(nonce) = 8);
ALTER TABLE subscription ADD COLUMN nonce BLOB CHECK (length(nonce) = 8);
ALTER TABLE sign_up ADD COLUMN nonce BLOB CHECK (length(nonce) = 8);
ALTER TABLE personal_calendar ADD COLUMN nonce BLOB CHECK (length(nonce) = 8);
ALTER TABLE delivery ADD COLUMN nonce BLOB CHECK (length(nonce) = 8);

-- Rows up to these have none. Their links were mailed without, and go on working, also of those deleted long ago.
CREATE TABLE old_link (
    what TEXT    PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO old_link (what, last) SELECT name, seq FROM sqlite_sequence
WHERE name IN ('subscriber', 'subscription', 'sign_up', 'personal_calendar', 'delivery');

-- Whoever makes many rows gives each its nonce, which is cheaper; no other way of making one can forget it.
CREATE TRIGGER subscriber_nonce AFTER INSERT ON subscriber WHEN NEW.nonce IS NULL BEGIN
    UPDATE subscriber SET nonce = randomblob(8) WHERE id = NEW.id;
END;
CREATE TRIGGER subscription_nonce AFTER INSERT ON subscription WHEN NEW.nonce IS NULL BEGIN
    UPDATE subscription SET nonce = randomblob(8) WHERE id = NEW.id;
END;
CREATE TRIGGER sign_up_nonce AFTER INSERT ON sign_up WHEN NEW.nonce IS NULL BEGIN
    UPDATE sign_up SET nonce = randomblob(8) WHERE id = NEW.id;
END;
CREATE TRIGGER personal_calendar_nonce AFTER INSERT ON personal_calendar WHEN NEW.nonce IS NULL BEGIN
    UPDATE personal_calendar SET nonce = randomblob(8) WHERE id = NEW.id;
END;
CREATE TRIGGER delivery_nonce AFTER INSERT ON delivery WHEN NEW.nonce IS NULL BEGIN
    UPDATE delivery SET nonce = randomblob(8) WHERE id = NEW.id;
END;

-- Of what is deleted the link is known again, and nothing else.
CREATE TABLE gone (
    what  TEXT    NOT NULL,
    id    INTEGER NOT NULL,
    nonce BLOB    NOT NULL,
    PRIMARY KEY (what, id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER subscriber_gone AFTER DELETE ON subscriber WHEN OLD.nonce IS NOT NULL BEGIN
    INSERT INTO gone (what, id, nonce) VALUES ('subscriber', OLD.id, OLD.nonce);
END;
CREATE TRIGGER subscription_gone AFTER DELETE ON subscription WHEN OLD.nonce IS NOT NULL BEGIN
    INSERT INTO gone (what, id, nonce) VALUES ('subscription', OLD.id, OLD.nonce);
END;
CREATE TRIGGER sign_up_gone AFTER DELETE ON sign_up WHEN OLD.nonce IS NOT NULL BEGIN
    INSERT INTO gone (what, id, nonce) VALUES ('sign_up', OLD.id, OLD.nonce);
END;
CREATE TRIGGER personal_calendar_gone AFTER DELETE ON personal_calendar WHEN OLD.nonce IS NOT NULL BEGIN
    INSERT INTO gone (what, id, nonce) VALUES ('personal_calendar', OLD.id, OLD.nonce);
END;
CREATE TRIGGER delivery_gone AFTER DELETE ON delivery WHEN OLD.nonce IS NOT NULL BEGIN
    INSERT INTO gone (what, id, nonce) VALUES ('delivery', OLD.id, OLD.nonce);
END;

-- Every row that a link can stand for, or could.
CREATE VIEW linked (what, id, nonce) AS
SELECT 'subscriber', id, nonce FROM subscriber
UNION ALL SELECT 'subscription', id, nonce FROM subscription
UNION ALL SELECT 'sign_up', id, nonce FROM sign_up
UNION ALL SELECT 'personal_calendar', id, nonce FROM personal_calendar
UNION ALL SELECT 'delivery', id, nonce FROM delivery
UNION ALL SELECT what, id, nonce FROM gone;

-- Up to which moments a digest's editions are made: what was said in the last place is not enough, since a clock may have
-- been wrong. The last that is not ahead of now counts.
CREATE TABLE handled (
    digest_id INTEGER NOT NULL REFERENCES digest (id),
    until     INTEGER NOT NULL,
    PRIMARY KEY (digest_id, until)
) STRICT, WITHOUT ROWID;
INSERT INTO handled (digest_id, until) SELECT id, handled_until FROM digest WHERE handled_until IS NOT NULL;
-- Where a clock was wrong before this, the last edition before that tells.
INSERT OR IGNORE INTO handled (digest_id, until)
SELECT digest_id, max(scheduled_for) FROM edition JOIN digest ON digest.id = digest_id
WHERE handled_until > unixepoch() + 3 * 86400 AND scheduled_for <= unixepoch() GROUP BY digest_id;
ALTER TABLE digest DROP COLUMN handled_until;
