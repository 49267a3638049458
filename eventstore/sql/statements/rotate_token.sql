-- A second secret of the token $1, with the hash $3. What had the name ends $2 seconds later, or
-- when it ends by itself. The new one lasts $4 seconds, or as long as the one before was given.
WITH present AS (
    SELECT
        t.hash,
        extract(epoch FROM t.expires_at - t.created_at)::double precision AS lasts
    FROM datadrop.tokens AS t
    WHERE t.name = $1 AND t.replaced_at IS NULL AND t.revoked_at IS NULL
    FOR UPDATE
), replaced AS (
    UPDATE datadrop.tokens AS t
    SET replaced_at = now(),
        expires_at = least(t.expires_at, now() + make_interval(secs => $2))
    FROM present AS p
    WHERE t.hash = p.hash
    RETURNING t.name, t.source, t.scopes, p.lasts
)
INSERT INTO datadrop.tokens (name, source, scopes, hash, created_at, expires_at)
SELECT
    r.name,
    r.source,
    r.scopes,
    $3,
    now(),
    now() + make_interval(secs => coalesce($4, r.lasts))
FROM replaced AS r
RETURNING 1
