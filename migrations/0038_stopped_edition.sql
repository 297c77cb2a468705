-- Editions whose sending an editor holds, or gave up.
ALTER TABLE edition ADD COLUMN stopped_at INTEGER;
ALTER TABLE edition ADD COLUMN is_given_up INTEGER NOT NULL DEFAULT 0 CHECK (is_given_up IN (0, 1));

-- When a delivery would be due, while its edition is stopped: `next_at` is null then, so that nothing takes it in hand.
ALTER TABLE delivery ADD COLUMN held_until INTEGER;
CREATE INDEX delivery_held ON delivery (edition_id) WHERE held_until IS NOT NULL;

-- What was on the wire when its edition was stopped, and comes back, waits with the rest, whoever puts it back.
CREATE TRIGGER delivery_of_stopped AFTER UPDATE OF next_at ON delivery
WHEN NEW.next_at IS NOT NULL
 AND EXISTS (SELECT 1 FROM edition WHERE edition.id = NEW.edition_id AND stopped_at IS NOT NULL)
BEGIN
    UPDATE delivery
    SET held_until = iif((SELECT is_given_up FROM edition WHERE edition.id = NEW.edition_id), NULL, NEW.next_at),
        status = iif((SELECT is_given_up FROM edition WHERE edition.id = NEW.edition_id) AND status <> 'uncertain',
                     'suppressed', status),
        next_at = NULL
    WHERE id = NEW.id;
END;
