-- What is told without a UID is looked for by when it is and what kind of thing it is.
CREATE INDEX event_by_start ON event (start, kind);

-- Its first and last day on its own clocks, so that not all events are read for those of a few days. Of what is known to
-- the month at most, the last day is that of the year.
ALTER TABLE event ADD COLUMN first_day TEXT GENERATED ALWAYS AS (
    CASE
        WHEN length(start) >= 10 THEN substr(start, 1, 10)
        WHEN start LIKE '____-Q_' THEN printf('%s%02d-01', substr(start, 1, 5), 3 * substr(start, 7) - 2)
        WHEN length(start) = 7 THEN start || '-01'
        ELSE start || '-01-01'
    END
) VIRTUAL;
ALTER TABLE event ADD COLUMN last_day TEXT GENERATED ALWAYS AS (
    CASE
        WHEN length(coalesce("end", start)) >= 10 THEN substr(coalesce("end", start), 1, 10)
        ELSE substr(coalesce("end", start), 1, 4) || '-12-31'
    END
) VIRTUAL;
