-- What programs prove with who they are. Of a token itself only a hash is kept.
CREATE TABLE token (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT    NOT NULL, -- by which history knows the program; of those in force each once
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes       TEXT    NOT NULL, -- what it may do: words with spaces between
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,          -- null: never
    revoked_at   INTEGER,
    last_used_at INTEGER           -- to the minute
) STRICT;
CREATE UNIQUE INDEX token_in_force ON token (name) WHERE revoked_at IS NULL;
