-- What a program was answered to a POST that bore an Idempotency-Key, for a day, so that it is not done twice.
CREATE TABLE answer (
    id       INTEGER PRIMARY KEY,
    token_id INTEGER NOT NULL REFERENCES token (id),
    key      TEXT    NOT NULL,
    asked    BLOB    NOT NULL, -- keyed hash of the address and of what was sent
    at       INTEGER NOT NULL,
    status   INTEGER,          -- null: at work, or cut off
    headers  TEXT,             -- JSON: name and value
    body     BLOB,
    UNIQUE (token_id, key)
) STRICT;
CREATE INDEX answer_at ON answer (at);
