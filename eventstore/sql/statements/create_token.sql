INSERT INTO datadrop.tokens (name, source, scopes, hash)
VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO NOTHING
RETURNING 1
