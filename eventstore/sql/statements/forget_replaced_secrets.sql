-- Whoever still shows a secret that was replaced is told so for a month: then it is unknown, so
-- that a token which is rotated every day does not grow.
DELETE FROM datadrop.tokens AS t
WHERE t.name = $1 AND t.replaced_at IS NOT NULL AND t.expires_at < now() - interval '30 days'
