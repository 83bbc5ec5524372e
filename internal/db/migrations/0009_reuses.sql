-- What people have made of the data.
INSERT INTO revisions (room, n) VALUES ('reuses', 1);

CREATE TABLE reuses (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- given once and never again: it is part of an address
    title       TEXT NOT NULL,
    kind        TEXT NOT NULL,              -- application, visualization, article, paper, api, other
    address     TEXT NOT NULL,              -- where it is, http or https
    author      TEXT NOT NULL,
    description TEXT NOT NULL,
    language    TEXT NOT NULL,              -- of title and description
    state       TEXT NOT NULL,              -- waiting, published, refused
    reason      TEXT NOT NULL,              -- of a refusal, shown to who sent it
    hash        TEXT NOT NULL UNIQUE,       -- SHA-256 of the token by which who sent it follows it, hexadecimal
    created     BIGINT NOT NULL,
    decided     BIGINT,
    decided_by  BIGINT,                     -- person; null: the operator, or nobody yet
    picture     BLOB                        -- JPEG; null: none
);
CREATE INDEX reuses_by_state ON reuses (state, id);

CREATE TABLE reuse_datasets (
    reuse   BIGINT NOT NULL REFERENCES reuses (id) ON DELETE CASCADE,
    dataset TEXT NOT NULL,                  -- uid
    place   BIGINT NOT NULL,                -- in the order of who sent it
    PRIMARY KEY (reuse, dataset)
);

-- What readers say is wrong with one that is published.
CREATE TABLE reuse_reports (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    reuse   BIGINT NOT NULL REFERENCES reuses (id) ON DELETE CASCADE,
    reason  TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX reuse_reports_by_reuse ON reuse_reports (reuse);
