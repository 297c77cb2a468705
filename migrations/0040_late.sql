-- Editions that somebody gets after they went: right after a confirmation, or because an editor sends one again.
ALTER TABLE subscription ADD COLUMN is_welcome_due INTEGER NOT NULL DEFAULT 0 CHECK (is_welcome_due IN (0, 1));
-- The line of history up to which such an edition has told how things are; null: each was told as it was when it was made.
ALTER TABLE subscription ADD COLUMN told_until INTEGER;
CREATE INDEX subscription_to_welcome ON subscription (id) WHERE is_welcome_due;

-- Who comes back begins anew.
CREATE TRIGGER subscription_told_anew AFTER UPDATE OF status ON subscription WHEN NEW.status <> OLD.status BEGIN
    UPDATE subscription SET told_until = NULL, is_welcome_due = 0 WHERE id = NEW.id;
END;

-- When who is known and signed up again was last mailed the link to what is theirs.
ALTER TABLE subscriber ADD COLUMN reminded_at INTEGER;
