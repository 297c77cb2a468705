-- The texts of the newsletter, and the events that each is about.

CREATE TABLE article (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- no id is given twice: links to a removed article lead nowhere
    title        TEXT    NOT NULL,
    byline       TEXT    NOT NULL,
    date         TEXT    NOT NULL, -- 2020-10-19
    source       TEXT    NOT NULL,
    topics       TEXT    NOT NULL,
    body         TEXT    NOT NULL, -- Markdown
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    published_at INTEGER           -- shown from then on; null: a draft
) STRICT;
CREATE INDEX article_by_date ON article (date, id);

CREATE TABLE article_event (
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    event_id   INTEGER NOT NULL REFERENCES event (id),
    position   INTEGER NOT NULL,
    PRIMARY KEY (article_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_of_event ON article_event (event_id);
