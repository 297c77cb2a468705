-- A relay that refuses everybody costs nobody: who missed what, what a relay refused, and mail to people who are no readers.

-- What editions told, as runs: those from `since` to `number` told it one after the other. Of what was told before this
-- only the last is known.
CREATE TABLE told_in_runs (
    digest_id  INTEGER NOT NULL REFERENCES digest (id),
    what       TEXT    NOT NULL CHECK (what IN ('event', 'article')),
    id         INTEGER NOT NULL,
    occurrence TEXT    NOT NULL, -- the original start of one date of a repeating event
    date       TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (digest_id, what, id, occurrence, date, since)
) STRICT, WITHOUT ROWID;
INSERT INTO told_in_runs SELECT digest_id, what, id, occurrence, date, 1, number FROM told;
DROP TABLE told;
ALTER TABLE told_in_runs RENAME TO told;

-- The last line of history before those that an edition tells of. Null: it was made before this, and counts as told to
-- everybody.
ALTER TABLE edition ADD COLUMN history_since INTEGER;
-- Earlier editions of the digest, by number, that the reader had not got and that this mail makes up for: a JSON array.
ALTER TABLE delivery ADD COLUMN makes_up TEXT;
CREATE INDEX delivery_that_makes_up ON delivery (subscriber_id, edition_id) WHERE makes_up IS NOT NULL;

-- Editions that were made while nothing might be sent to a reader to whom mail may go again.
CREATE TABLE passed_over (
    edition_id    INTEGER NOT NULL REFERENCES edition (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    PRIMARY KEY (edition_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX passed_over_of_subscriber ON passed_over (subscriber_id);

-- Which editions each reader has missed, and no later one has made up for that arrived or may yet arrive. Read in this
-- order: who asks, asks of few editions.
CREATE VIEW missed AS
SELECT edition.digest_id, number, lost.subscriber_id
FROM edition CROSS JOIN delivery lost ON lost.edition_id = edition.id AND lost.status IN ('failed', 'suppressed')
CROSS JOIN subscription ON subscription.digest_id = edition.digest_id AND subscription.subscriber_id = lost.subscriber_id
WHERE history_since IS NOT NULL AND subscription.status = 'confirmed' AND number >= first_edition
  AND NOT EXISTS (SELECT 1 FROM delivery later JOIN json_each(later.makes_up) made
                  WHERE later.subscriber_id = lost.subscriber_id AND later.makes_up IS NOT NULL
                    AND later.edition_id > edition.id AND later.lane = edition.digest_id
                    AND later.status NOT IN ('failed', 'suppressed') AND made.value = number)
UNION ALL
SELECT edition.digest_id, number, lost.subscriber_id
FROM edition CROSS JOIN passed_over lost ON lost.edition_id = edition.id
CROSS JOIN subscription ON subscription.digest_id = edition.digest_id AND subscription.subscriber_id = lost.subscriber_id
WHERE history_since IS NOT NULL AND subscription.status = 'confirmed' AND number >= first_edition
  AND NOT EXISTS (SELECT 1 FROM delivery later JOIN json_each(later.makes_up) made
                  WHERE later.subscriber_id = lost.subscriber_id AND later.makes_up IS NOT NULL
                    AND later.edition_id > edition.id AND later.lane = edition.digest_id
                    AND later.status NOT IN ('failed', 'suppressed') AND made.value = number);

-- What a relay refused since it last took a mail, and what that counted: it may turn out to refuse everybody.
CREATE TABLE refusal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    relay        TEXT    NOT NULL,
    delivery_id  INTEGER NOT NULL REFERENCES delivery (id),
    said         TEXT    NOT NULL, -- without what is different each time
    bounce_id    INTEGER,          -- what it was kept as
    suppressed   INTEGER NOT NULL CHECK (suppressed IN (0, 1)), -- whether nothing was sent to the reader from then on
    soft_bounces INTEGER,          -- of the reader, before
    open         TEXT    NOT NULL  -- the reader's other deliveries that waited then: a JSON array of ids
) STRICT;
CREATE INDEX refusal_of_relay ON refusal (relay);
CREATE INDEX refusal_of_delivery ON refusal (delivery_id);

-- Relays that refuse everybody, until they take a mail again.
CREATE TABLE stopped_relay (
    relay   TEXT    PRIMARY KEY,
    since   INTEGER NOT NULL,
    reason  TEXT    NOT NULL, -- what it said the last time, with nobody's address
    said    TEXT    NOT NULL, -- the same without what is different each time
    tries   INTEGER NOT NULL, -- since then
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Deliveries of subscriber 0 are to people who are no readers: nothing that is known of readers touches them.
DROP VIEW delivery_wanted;
CREATE VIEW delivery_wanted AS
SELECT delivery.id AS delivery_id FROM delivery LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.subscriber_id = 0
   OR subscriber.id IS NOT NULL
  AND (lane = 0
    OR suppressed IS NULL
   AND EXISTS (SELECT 1 FROM subscription
               WHERE digest_id = lane AND subscription.subscriber_id = subscriber.id
                 AND subscription.status = 'confirmed'));
