-- Events are listed by date, a page at a time; what repeats is looked at whole.

CREATE INDEX event_by_first_day ON event (first_day, last_day) WHERE removed = 0 AND repeat = '' AND rdates = '[]';
CREATE INDEX event_that_repeats ON event (removed) WHERE repeat <> '' OR rdates <> '[]';
