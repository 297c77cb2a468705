-- Who changed something. Until now nobody kept it.

ALTER TABLE history ADD COLUMN actor TEXT NOT NULL DEFAULT 'unknown';

-- The people who may change things. A row outlives its editor, since history names it; who is forgotten has no address.
CREATE TABLE editor (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    email     TEXT,
    email_key TEXT    UNIQUE,
    name      TEXT    NOT NULL,
    role      TEXT    NOT NULL CHECK (role IN ('editor', 'operator')),
    locale    TEXT,
    added_at  INTEGER NOT NULL,
    left_at   INTEGER
) STRICT;

-- What was done that no history of a thing tells. A person stands here by the id of their row, never by an address.
CREATE TABLE act (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    actor  TEXT    NOT NULL,
    action TEXT    NOT NULL,
    noun   TEXT    NOT NULL,
    name   TEXT    NOT NULL, -- its id or slug; empty where it is about several or nobody any more
    detail TEXT    NOT NULL
) STRICT;

-- By its UID an article is known elsewhere, too.
ALTER TABLE article ADD COLUMN uid TEXT NOT NULL DEFAULT '';
UPDATE article SET uid = lower(hex(randomblob(16)));
CREATE UNIQUE INDEX article_by_uid ON article (uid);

-- As the history of events; it outlives the article.
CREATE TABLE article_history (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    field      TEXT,
    before     TEXT,
    after      TEXT
) STRICT;
CREATE INDEX history_of_article ON article_history (article_id, id);
