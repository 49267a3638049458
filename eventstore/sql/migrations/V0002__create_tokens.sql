-- Credentials of the front doors: source and scopes as eventstore/tokens.hpp numbers them, the
-- SHA-256 of the token and nothing else of it.
CREATE TABLE datadrop.tokens (
    name            text        COLLATE "C" PRIMARY KEY,
    source          smallint    NOT NULL,
    scopes          smallint    NOT NULL CHECK (scopes BETWEEN 1 AND 7),
    hash            bytea       NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at      timestamptz
);
