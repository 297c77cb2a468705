-- Each index that has a delivery's state in it is written twice for each mail: one does for all.
DROP INDEX delivery_of_edition;
DROP INDEX delivery_on_the_wire;
CREATE INDEX delivery_of_status ON delivery (status, edition_id);

-- Deliveries whose reader still wants them: a mail of no edition while the person is known, an edition while they are
-- subscribed and mail may be sent to them.
CREATE VIEW delivery_wanted AS
SELECT delivery.id AS delivery_id FROM delivery
JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE lane = 0
   OR suppressed IS NULL
  AND EXISTS (SELECT 1 FROM subscription
              WHERE digest_id = lane AND subscription.subscriber_id = subscriber.id AND subscription.status = 'confirmed');
