-- Numbers that are given once and never again, even when what had them is gone.
CREATE TABLE account_numbers (
    noun TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO account_numbers (noun, last) VALUES ('person', 0), ('group', 0), ('invitation', 0), ('request', 0), ('audit', 0);
INSERT INTO account_numbers (noun, last) SELECT 'key', coalesce(max(id), 0) FROM api_keys;

CREATE TABLE people (
    id          BIGINT PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,       -- in small letters
    name        TEXT NOT NULL,
    language    TEXT NOT NULL,              -- "" where they chose none
    permissions TEXT NOT NULL,              -- JSON: names, their own only
    attributes  TEXT NOT NULL,              -- JSON: lists of texts by name
    quota       BIGINT,                     -- API calls in each quota_unit, null for no limit of their own
    quota_unit  TEXT NOT NULL,
    active      BOOLEAN NOT NULL,
    created     BIGINT NOT NULL,
    expires     BIGINT,                     -- null: never
    last_seen   BIGINT                      -- the day only, at its start in UTC; null: never
);

CREATE TABLE person_groups (
    id          BIGINT PRIMARY KEY,
    uid         TEXT NOT NULL UNIQUE,       -- the name in URLs of the API
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    quota       BIGINT,
    quota_unit  TEXT NOT NULL,
    created     BIGINT NOT NULL
);

CREATE TABLE memberships (
    person  BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    grouped BIGINT NOT NULL REFERENCES person_groups (id) ON DELETE CASCADE,
    expires BIGINT,
    PRIMARY KEY (person, grouped)
);
CREATE INDEX memberships_by_group ON memberships (grouped);

CREATE TABLE invitations (
    id          BIGINT PRIMARY KEY,
    email       TEXT NOT NULL,              -- "": whoever holds the link says it, for the operator's only
    language    TEXT NOT NULL,
    groups      TEXT NOT NULL,              -- JSON: numbers
    permissions TEXT NOT NULL,
    hash        TEXT NOT NULL UNIQUE,       -- SHA-256 of the token, hexadecimal
    by_person   BIGINT,                     -- null: the operator
    created     BIGINT NOT NULL,
    expires     BIGINT NOT NULL
);

CREATE TABLE access_requests (
    id        BIGINT PRIMARY KEY,
    person    BIGINT REFERENCES people (id) ON DELETE CASCADE, -- null: somebody without an account
    email     TEXT NOT NULL,
    language  TEXT NOT NULL,
    message   TEXT NOT NULL,
    dataset   TEXT NOT NULL,                -- uid; "" for the portal
    state     TEXT NOT NULL,                -- waiting, approved, rejected
    reason    TEXT NOT NULL,
    decided_by BIGINT,                      -- person; null: the operator, or nobody yet
    created   BIGINT NOT NULL,
    decided   BIGINT
);
CREATE INDEX access_requests_by_email ON access_requests (email, created);

CREATE TABLE audit (
    id      BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,                  -- person, operator, nobody
    person  BIGINT,                         -- stays when they are gone
    api_key BIGINT,
    verb    TEXT NOT NULL,
    object  TEXT NOT NULL,                  -- as in person/12
    changes TEXT NOT NULL                   -- JSON: {"name": {"from": …, "to": …}}
);
CREATE INDEX audit_by_object ON audit (object, id);
CREATE INDEX audit_by_time ON audit (at);

-- A key without an owner is the operator's, and sees everything.
ALTER TABLE api_keys ADD COLUMN owner BIGINT REFERENCES people (id) ON DELETE CASCADE;
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT '';   -- JSON: names of permissions; "" for all
ALTER TABLE api_keys ADD COLUMN expires BIGINT;
ALTER TABLE api_keys ADD COLUMN last_used BIGINT;                 -- the day only
ALTER TABLE api_keys ADD COLUMN created_by BIGINT;                -- person; null: the operator
ALTER TABLE api_keys ADD COLUMN revoked_by BIGINT;
ALTER TABLE api_keys ADD COLUMN reason TEXT NOT NULL DEFAULT '';  -- why it was revoked
