-- Of which revision elsewhere an event was when it was last taken from a file (RFC 5546 section 2.1.5): what comes late
-- must not undo what is newer. SEQUENCE and DTSTAMP; null where nobody told it.
ALTER TABLE event ADD COLUMN stamp_sequence INTEGER;
ALTER TABLE event ADD COLUMN stamp_at INTEGER;
