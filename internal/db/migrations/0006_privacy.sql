-- The proof of what visitors were told and how they chose, without any visitor. Days are counted from 1970-01-01.

-- A chain: each row's hash covers its own cells and the hash before it. Rows are only ever added.
CREATE TABLE privacy_ledger (
    n    BIGINT PRIMARY KEY,                -- 1, 2, 3 …
    day  BIGINT NOT NULL,
    kind TEXT NOT NULL,                     -- policy, wording or choices
    body TEXT NOT NULL,                     -- JSON
    hash TEXT NOT NULL                      -- SHA-256, hexadecimal
);

-- One row: the end of the chain, so that a chain cut short is noticed.
CREATE TABLE privacy_head (
    n    BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO privacy_head (n, hash) VALUES (0, '');

-- What was shown, word by word; the chain names each by its hash.
CREATE TABLE privacy_wordings (
    hash TEXT PRIMARY KEY,                  -- SHA-256 of the text, hexadecimal
    text TEXT NOT NULL
);

-- Choices of days that are not over: they go into the chain as one row a day.
CREATE TABLE privacy_choices (
    day      BIGINT NOT NULL,
    policy   TEXT NOT NULL,                 -- hash of the policy
    language TEXT NOT NULL,
    class    TEXT NOT NULL,                 -- accept, refuse, some …
    n        BIGINT NOT NULL,
    PRIMARY KEY (day, policy, language, class)
);
