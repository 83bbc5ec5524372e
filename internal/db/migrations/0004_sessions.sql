-- Who is signed in, and how people prove who they are.
INSERT INTO revisions (room, n) VALUES ('sessions', 1);

CREATE TABLE sessions (
    id      BIGINT PRIMARY KEY,
    hash    TEXT NOT NULL UNIQUE,           -- SHA-256 of what the visitor holds, hexadecimal
    person  BIGINT REFERENCES people (id) ON DELETE CASCADE, -- null: nobody signed in yet
    how     TEXT NOT NULL,                  -- password, passkey, oidc…
    device  TEXT NOT NULL,                  -- as in Firefox, Linux
    origin  TEXT NOT NULL,                  -- the session at the identity provider, or ""
    started BIGINT NOT NULL,
    seen    BIGINT NOT NULL,                -- to the hour or so
    rights  TEXT NOT NULL,                  -- of the person when the identifier was made
    data    TEXT NOT NULL,                  -- JSON: what a flow of several requests remembers
    version BIGINT NOT NULL                 -- counted up by each change but that of seen
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_seen ON sessions (seen);

CREATE TABLE passwords (
    person  BIGINT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    hash    TEXT NOT NULL,                  -- argon2id in PHC form
    changed BIGINT NOT NULL
);

-- Codes of an application as second factor.
CREATE TABLE second_factors (
    person BIGINT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,                   -- base32
    made   BIGINT NOT NULL,
    step   BIGINT NOT NULL                  -- the last half-minute whose code was used: none works twice
);

CREATE TABLE recovery_codes (
    hash   TEXT NOT NULL,                   -- SHA-256, hexadecimal; the code is random enough
    person BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (person, hash)
);

CREATE TABLE passkeys (
    id         TEXT PRIMARY KEY,            -- the credential's own name, base64url
    person     BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    credential TEXT NOT NULL,               -- JSON: public key, flags, counter
    made       BIGINT NOT NULL,
    used       BIGINT                       -- null: never
);
CREATE INDEX passkeys_by_person ON passkeys (person);

-- Who a person is at an identity provider.
CREATE TABLE identities (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    person  BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    email   TEXT NOT NULL,                  -- as the provider said last
    linked  BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_person ON identities (person);

-- Links in letters and on the operator's terminal, each good once.
CREATE TABLE tickets (
    hash    TEXT PRIMARY KEY,               -- SHA-256 of the token, hexadecimal
    kind    TEXT NOT NULL,                  -- reset, confirm, welcome
    person  BIGINT REFERENCES people (id) ON DELETE CASCADE, -- null: nobody in particular
    made    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX tickets_by_person ON tickets (person, kind);
