-- Pages that editors write, from blocks, in several languages.
INSERT INTO revisions (room, n) VALUES ('editorial', 1);

CREATE TABLE editorial_pages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    slug       TEXT NOT NULL UNIQUE,       -- in the address
    author     BIGINT,                     -- person, who may be gone; null: the operator
    restricted BOOLEAN NOT NULL,           -- only who may see restricted pages sees it
    menu       BOOLEAN NOT NULL,           -- it stands in the main menu
    created    BIGINT NOT NULL
);

-- Every state of a page in a language that was saved. The last one is the draft; the one named in editorial_live is shown.
CREATE TABLE editorial_versions (
    page     BIGINT NOT NULL REFERENCES editorial_pages (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    number   BIGINT NOT NULL,
    title    TEXT NOT NULL,
    lede     TEXT NOT NULL,
    blocks   TEXT NOT NULL,                -- JSON
    at       BIGINT NOT NULL,
    by_person BIGINT,                      -- null: the operator
    PRIMARY KEY (page, language, number)
);

CREATE TABLE editorial_live (
    page     BIGINT NOT NULL REFERENCES editorial_pages (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    number   BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (page, language)
);
