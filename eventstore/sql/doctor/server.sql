-- The server, the database and the role as they are, in one row. What a role may not see of others
-- is left to be empty: this needs no right but to connect.
SELECT
    current_setting('server_version_num')::integer,
    current_setting('server_version'),
    current_database()::text,
    current_user::text,
    r.rolsuper,
    pg_has_role('pg_read_all_stats', 'USAGE'),
    pg_has_role('pg_read_all_settings', 'USAGE'),
    pg_is_in_recovery(),
    inet_server_addr() IS NULL,
    current_setting('server_encoding'),
    d.datcollversion,
    pg_database_collation_actual_version(d.oid),
    age(d.datfrozenxid),
    d.datconnlimit,
    r.rolconnlimit,
    CASE WHEN isfinite(r.rolvaliduntil) THEN
        extract(epoch FROM r.rolvaliduntil - clock_timestamp())::bigint END,
    current_setting('max_connections')::integer,
    current_setting('superuser_reserved_connections')::integer
    + coalesce(current_setting('reserved_connections', true)::integer, 0),
    -- Not our own, which is gone when a server starts.
    (SELECT sum(s.numbackends)::bigint FROM pg_stat_database AS s) - 1,
    (
        SELECT count(*)
        FROM pg_stat_activity AS a
        WHERE a.datname = current_database()
            AND a.application_name = current_setting('application_name')
            AND a.pid <> pg_backend_pid()
    ),
    -- ANY 2 (a, b), FIRST 2 (a, b), 2 (a, b), or names alone.
    coalesce(
        substring(lower(current_setting('synchronous_standby_names'))
            FROM '^\s*(?:any\s+|first\s+)?(\d+)\s*\(')::integer,
        1),
    pg_size_bytes(current_setting('max_wal_size')),
    current_setting('autovacuum_freeze_max_age')::bigint,
    (
        SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
        FROM pg_class AS c
        WHERE c.relnamespace = (
                SELECT n.oid
                FROM pg_namespace AS n
                WHERE n.nspname = 'datadrop'
            )
            AND c.relname = 'events'
    )
FROM pg_database AS d
JOIN pg_roles AS r ON r.rolname = current_user
WHERE d.datname = current_database()
