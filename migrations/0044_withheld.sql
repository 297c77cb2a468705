-- The office itself may say that nothing is to be sent to somebody: a third reason beside those that mail brought. What may
-- stand in a column can't be changed in its place.
DROP VIEW delivery_wanted;
ALTER TABLE subscriber ADD COLUMN kept_from TEXT CHECK (kept_from IN ('bounced', 'complained', 'withheld'));
UPDATE subscriber SET kept_from = suppressed WHERE suppressed IS NOT NULL;
ALTER TABLE subscriber DROP COLUMN suppressed;
ALTER TABLE subscriber RENAME COLUMN kept_from TO suppressed;
CREATE VIEW delivery_wanted AS
SELECT delivery.id AS delivery_id FROM delivery LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.subscriber_id = 0
   OR subscriber.id IS NOT NULL
  AND (lane = 0
    OR suppressed IS NULL
   AND EXISTS (SELECT 1 FROM subscription
               WHERE digest_id = lane AND subscription.subscriber_id = subscriber.id
                 AND subscription.status = 'confirmed'));
