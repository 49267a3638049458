-- A token may have an end, and its name several secrets, a row each: what a rotation replaces ends a
-- while later, and what is in force has the name. When each was last used is known to the minute.
ALTER TABLE datadrop.tokens
    DROP CONSTRAINT tokens_pkey,
    DROP CONSTRAINT tokens_hash_key,
    ALTER COLUMN name SET NOT NULL,
    ADD PRIMARY KEY (hash),
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN replaced_at timestamptz,
    ADD COLUMN last_used_at timestamptz;
CREATE UNIQUE INDEX tokens_name ON datadrop.tokens (name) WHERE replaced_at IS NULL;
