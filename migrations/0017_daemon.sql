-- What the daemon that runs, or ran last, tells other processes.
CREATE TABLE daemon (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    version    TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    settings   TEXT    NOT NULL, -- the configuration in force: JSON, without its secrets
    taken_at   INTEGER NOT NULL, -- when it was taken over
    waiting    TEXT    NOT NULL, -- what of the file takes a new start: a JSON array of sentences
    refused_at INTEGER,          -- since when the file can't be taken over
    refused    TEXT    NOT NULL  -- why: a JSON array of sentences
) STRICT;

-- Whether the configuration that the daemon goes by has it. The mails of one that is not there wait.
ALTER TABLE digest ADD COLUMN configured INTEGER NOT NULL DEFAULT 1 CHECK (configured IN (0, 1));
