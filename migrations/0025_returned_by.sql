-- By which way reports come, how it is known whose they are, and what relays call the mails they took.

ALTER TABLE bounce ADD COLUMN way TEXT;   -- null: it came before this was kept
ALTER TABLE bounce ADD COLUMN proof TEXT; -- how it is known whose it is; null with a delivery: before this was kept

-- What its relay called it when it took it: some give a mail another Message-ID, and report by this.
ALTER TABLE delivery ADD COLUMN relay_id TEXT;
CREATE INDEX delivery_by_relay_id ON delivery (relay_id) WHERE relay_id IS NOT NULL;

-- What came by each way, and when something of the kind last did: the classes of reports, and what is no bounce.
CREATE TABLE returned_way (
    way     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    number  INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (way, what)
) STRICT, WITHOUT ROWID;

-- Reports that were taken, by keyed hashes: senders try again for hours, and the same report counts once.
CREATE TABLE seen_report (
    way  TEXT    NOT NULL,
    key  BLOB    NOT NULL CHECK (length(key) = 32),
    body BLOB,             -- of a signature that does not cover what it came with: a hash of that; with nothing else it is good
    at   INTEGER NOT NULL,
    PRIMARY KEY (way, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_report_at ON seen_report (at);
