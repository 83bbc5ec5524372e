-- Times are microseconds since 1970-01-01T00:00:00Z.

-- One row a room, counted up in each transaction that changes its tables.
CREATE TABLE revisions (
    room TEXT PRIMARY KEY,
    n    BIGINT NOT NULL
);
INSERT INTO revisions (room, n) VALUES ('catalog', 1), ('account', 1);

CREATE TABLE datasets (
    uid          TEXT PRIMARY KEY,          -- "da_" and six characters, permanent
    id           TEXT NOT NULL UNIQUE,      -- the name in URLs
    description  TEXT NOT NULL,             -- JSON: fields, metas, attachments, alternatives
    data_hidden  BOOLEAN NOT NULL,
    last_version BIGINT NOT NULL,           -- highest number ever given, never used again
    current      BIGINT,                    -- number of the version served, null without rows
    created      BIGINT NOT NULL,
    described    BIGINT NOT NULL,           -- last change of the description
    revision     BIGINT NOT NULL            -- of the catalogue, when this dataset last changed
);

-- What must be known of datasets that are gone: version numbers never come back for the same uid.
CREATE TABLE removed_datasets (
    uid          TEXT PRIMARY KEY,
    last_version BIGINT NOT NULL
);

CREATE TABLE versions (
    uid       TEXT NOT NULL REFERENCES datasets (uid) ON DELETE CASCADE,
    number    BIGINT NOT NULL,
    published BIGINT NOT NULL,
    hash      TEXT NOT NULL,                -- SHA-256 of schema and rows, hexadecimal
    row_count BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    fields    TEXT NOT NULL,                -- JSON: the schema of the rows
    path      TEXT NOT NULL,                -- within the data directory, with forward slashes
    PRIMARY KEY (uid, number)
);

CREATE TABLE api_keys (
    id      BIGINT PRIMARY KEY,
    label   TEXT NOT NULL,
    hash    TEXT NOT NULL UNIQUE,           -- SHA-256 of the secret, hexadecimal
    created BIGINT NOT NULL,
    revoked BIGINT                          -- null while the key is good
);
