-- What stays of deliveries that have had their time.

-- How many of each edition ended how, beside those that are still there. Edition 0: mail of no edition.
CREATE TABLE cleared_delivery (
    edition_id INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (edition_id, status)
) STRICT, WITHOUT ROWID;

-- Whose it is, where the delivery is there no more.
ALTER TABLE bounce ADD COLUMN reader_id INTEGER;
CREATE INDEX bounce_of_cleared ON bounce (reader_id) WHERE reader_id IS NOT NULL;
