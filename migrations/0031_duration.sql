-- How long an event lasts where clocks do not tell it: where its end is a time that they show twice, and where days are said.

ALTER TABLE event ADD COLUMN duration TEXT;
