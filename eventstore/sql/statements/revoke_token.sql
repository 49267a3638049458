-- All secrets of the name.
UPDATE datadrop.tokens AS t
SET revoked_at = clock_timestamp()
WHERE t.name = $1 AND t.revoked_at IS NULL
RETURNING 1
