-- Pictures of articles as they are served, each once, by the SHA-256 of its octets.
CREATE TABLE picture (
    hash     TEXT    NOT NULL PRIMARY KEY,
    format   TEXT    NOT NULL CHECK (format IN ('jpeg', 'png')),
    width    INTEGER NOT NULL, -- in pixels
    height   INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    octets   BLOB    NOT NULL
) STRICT;

-- Which article has which, and by what its text names it.
CREATE TABLE article_picture (
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    name       TEXT    NOT NULL, -- the path of a file as the text has it, or an address
    alt        TEXT    NOT NULL,
    hash       TEXT    NOT NULL REFERENCES picture (hash),
    is_shown   INTEGER NOT NULL CHECK (is_shown IN (0, 1)), -- by the text; 0: it waits to be
    PRIMARY KEY (article_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_picture_hash ON article_picture (hash);

-- Those that were here and are not any more: whoever asks is told so.
CREATE TABLE gone_picture (
    hash          TEXT    NOT NULL PRIMARY KEY,
    gone_at       INTEGER NOT NULL,
    is_taken_back INTEGER NOT NULL CHECK (is_taken_back IN (0, 1)) -- by an editor; 0: its articles went, or show others
) STRICT, WITHOUT ROWID;
