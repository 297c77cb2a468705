-- What is told without a UID is looked for by when it is and what kind of thing it is.

CREATE INDEX event_by_start ON event (start, kind);
