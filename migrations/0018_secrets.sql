-- The secret that tokens are sealed with can be renewed: the newest stays in `meta`, those before it open what they sealed.
CREATE TABLE old_secret (
    value       TEXT    PRIMARY KEY,
    replaced_at INTEGER NOT NULL,
    leaked      INTEGER NOT NULL CHECK (leaked IN (0, 1)) -- it opens nothing any more
) STRICT, WITHOUT ROWID;

-- The hashes of who was forgotten can't be made anew: they keep the secret of today as their key.
INSERT INTO meta (key, value) SELECT 'forgotten_key', value FROM meta WHERE key = 'secret';
