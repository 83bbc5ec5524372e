-- Third-party applications that people let act for them (OAuth2).
INSERT INTO revisions (room, n) VALUES ('applications', 1);

CREATE TABLE applications (
    id           BIGINT PRIMARY KEY,
    client       TEXT NOT NULL UNIQUE,      -- client_id
    secret       TEXT NOT NULL,             -- SHA-256 of client_secret, hexadecimal; "" for a public client
    name         TEXT NOT NULL,
    redirects    TEXT NOT NULL,             -- JSON: addresses to send people back to
    owner        BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created      BIGINT NOT NULL
);
CREATE INDEX applications_by_owner ON applications (owner);

-- A person lets an application act for them. Taking it back takes all its codes and tokens along.
CREATE TABLE consents (
    id          BIGINT PRIMARY KEY,
    application BIGINT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    person      BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    given       BIGINT NOT NULL,
    UNIQUE (application, person)
);
CREATE INDEX consents_by_person ON consents (person);

CREATE TABLE application_codes (
    hash      TEXT PRIMARY KEY,             -- SHA-256 of the code, hexadecimal
    consent   BIGINT NOT NULL REFERENCES consents (id) ON DELETE CASCADE,
    redirect  TEXT NOT NULL,                -- as the request gave it, "" for none
    challenge TEXT NOT NULL,                -- of PKCE, S256; "" for none
    expires   BIGINT NOT NULL,
    used      BIGINT                        -- kept for a while: a second use ends what came of the first
);

CREATE TABLE application_tokens (
    hash    TEXT PRIMARY KEY,               -- SHA-256 of the token, hexadecimal
    consent BIGINT NOT NULL REFERENCES consents (id) ON DELETE CASCADE,
    kind    TEXT NOT NULL,                  -- access, refresh
    family  TEXT NOT NULL,                  -- the hash of the code that all of a chain came from
    expires BIGINT,                         -- null: never
    used    BIGINT                          -- of a refresh token, which works once
);
CREATE INDEX application_tokens_by_family ON application_tokens (family);
CREATE INDEX application_tokens_by_consent ON application_tokens (consent);
