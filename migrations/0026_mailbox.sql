-- The mailbox that bounces arrive in: how far it was read, and how it stands. One that is configured no more keeps its row.
CREATE TABLE mailbox (
    url           TEXT    NOT NULL PRIMARY KEY, -- user, server and folder
    validity      INTEGER NOT NULL,             -- UIDVALIDITY: the numbers below are of this one
    last_uid      INTEGER NOT NULL,             -- all mails up to this one were looked at
    trying_uid    INTEGER,                      -- the one that is being looked at,
    tries         INTEGER NOT NULL DEFAULT 0,   -- so often
    left_mails    INTEGER NOT NULL DEFAULT 0,   -- how many stayed that nobody understood
    read_at       INTEGER,                      -- the last time that all were looked at
    failing_since INTEGER,
    error         TEXT                          -- why it fails, or what of it does
) STRICT, WITHOUT ROWID;

-- Mails that were counted and are yet to be moved.
CREATE TABLE mailbox_counted (
    url TEXT    NOT NULL,
    uid INTEGER NOT NULL,
    PRIMARY KEY (url, uid)
) STRICT, WITHOUT ROWID;
