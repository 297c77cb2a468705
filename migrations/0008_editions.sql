-- Editions that tell nothing twice, their calendars, and from where each reader has read.

-- What a digest's editions told: an event, or one date of a repeating one, on the date it then had; or an article. All
-- readers who have read since the edition with this number, or longer, know of it.
CREATE TABLE told (
    digest_id  INTEGER NOT NULL REFERENCES digest (id),
    what       TEXT    NOT NULL CHECK (what IN ('event', 'article')),
    id         INTEGER NOT NULL,
    occurrence TEXT    NOT NULL, -- the original start of one date of a repeating event
    date       TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (digest_id, what, id, occurrence, date)
) STRICT, WITHOUT ROWID;

-- The calendar that goes with a mail.
ALTER TABLE mail ADD COLUMN calendar TEXT;

-- The number of the first edition that a subscription's reader can have got under what they chose: what was told before
-- is news to them. However a subscription comes about, it begins with the next edition.
ALTER TABLE subscription ADD COLUMN first_edition INTEGER NOT NULL DEFAULT 1;

CREATE TRIGGER subscription_begins AFTER INSERT ON subscription WHEN NEW.status = 'confirmed' BEGIN
    UPDATE subscription SET first_edition =
        1 + (SELECT coalesce(max(number), 0) FROM edition WHERE edition.digest_id = NEW.digest_id)
    WHERE id = NEW.id;
END;

CREATE TRIGGER subscription_begins_again AFTER UPDATE OF status ON subscription
WHEN NEW.status = 'confirmed' AND OLD.status <> 'confirmed' BEGIN
    UPDATE subscription SET first_edition =
        1 + (SELECT coalesce(max(number), 0) FROM edition WHERE edition.digest_id = NEW.digest_id)
    WHERE id = NEW.id;
END;

-- Who follows more than before is told what else there is; who follows less misses nothing.
CREATE TRIGGER reader_follows_more AFTER UPDATE OF topics, kinds ON subscriber
WHEN OLD.topics <> '[]' AND (NEW.topics = '[]'
        OR EXISTS (SELECT value FROM json_each(NEW.topics) EXCEPT SELECT value FROM json_each(OLD.topics)))
  OR OLD.kinds <> '[]' AND (NEW.kinds = '[]'
        OR EXISTS (SELECT value FROM json_each(NEW.kinds) EXCEPT SELECT value FROM json_each(OLD.kinds))) BEGIN
    UPDATE subscription SET first_edition =
        1 + (SELECT coalesce(max(number), 0) FROM edition WHERE edition.digest_id = subscription.digest_id)
    WHERE subscriber_id = NEW.id AND status = 'confirmed';
END;
