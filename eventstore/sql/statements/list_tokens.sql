SELECT t.name, t.source, t.scopes, t.hash, datadrop.micros(t.created_at),
    datadrop.micros(t.revoked_at)
FROM datadrop.tokens AS t
ORDER BY t.name
