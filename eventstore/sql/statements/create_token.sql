INSERT INTO datadrop.tokens (name, source, scopes, hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, now(), now() + make_interval(secs => $5))
ON CONFLICT (name) WHERE replaced_at IS NULL DO NOTHING
RETURNING 1
