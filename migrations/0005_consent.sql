-- Consent and leaving: what a wish says of kinds and hour, how it came to us (for the record of consent), and that its
-- link was used.
ALTER TABLE sign_up ADD COLUMN kinds TEXT;
ALTER TABLE sign_up ADD COLUMN send_hour INTEGER CHECK (send_hour BETWEEN 0 AND 23);
ALTER TABLE sign_up ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_up ADD COLUMN confirmed_at INTEGER;
-- Those of the form within the last day: what the limits count.
CREATE INDEX sign_up_of_the_day ON sign_up (created_at, network) WHERE network IS NOT NULL;
