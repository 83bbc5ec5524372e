-- Charts and maps that people save, of one dataset or several.
INSERT INTO revisions (room, n) VALUES ('visuals', 1);

CREATE TABLE visuals (
    id      INTEGER PRIMARY KEY AUTOINCREMENT, -- given once and never again: it is part of an address
    owner   BIGINT REFERENCES people (id) ON DELETE CASCADE, -- null: the operator
    title   TEXT NOT NULL,
    about   TEXT NOT NULL,                  -- a sentence or two
    language TEXT NOT NULL,                 -- of both
    kind    TEXT NOT NULL,                  -- line, area, column, bar, stacked, combined, map
    layers  TEXT NOT NULL,                  -- JSON: [{"of": address of a view, "label": …}]
    open    BOOLEAN NOT NULL,               -- everybody is shown it, else its owner alone
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX visuals_by_owner ON visuals (owner);
