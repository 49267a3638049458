SELECT t.name, t.source, t.scopes, t.hash, datadrop.micros(t.created_at),
    datadrop.micros(t.expires_at), datadrop.micros(t.replaced_at), datadrop.micros(t.revoked_at),
    datadrop.micros(t.last_used_at), coalesce(t.expires_at <= clock_timestamp(), false)
FROM datadrop.tokens AS t
ORDER BY t.name, t.created_at
