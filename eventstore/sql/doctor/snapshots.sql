-- Sessions whose transaction keeps rows of this database that nobody else needs any more, the
-- oldest first.
SELECT
    a.pid,
    coalesce(a.usename::text, ''),
    coalesce(a.application_name, ''),
    coalesce(a.state, ''),
    extract(epoch FROM clock_timestamp() - a.xact_start)::bigint
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
    AND a.backend_type = 'client backend'
    AND a.pid <> pg_backend_pid()
    AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
    AND a.xact_start IS NOT NULL
ORDER BY a.xact_start
LIMIT 10
