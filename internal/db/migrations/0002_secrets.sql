-- What the portal signs with.
CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                     -- 32 random bytes, hexadecimal
);
