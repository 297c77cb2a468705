-- How many read a digest is asked on every page that names one; without this all who ever subscribed were looked through.
CREATE INDEX subscription_of_digest ON subscription (digest_id, status);
