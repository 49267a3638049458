-- Who uses the tables that a partition's new ones are to replace, the longest first.
SELECT
    CASE
        WHEN l.pid IS NULL THEN 'a prepared transaction (pg_prepared_xacts)'
        ELSE format(
            'process %s ("%s" of %s, %s, in a transaction for %s s)',
            l.pid,
            a.application_name,
            a.usename,
            coalesce(a.state, 'state unknown'),
            coalesce(round(extract(epoch FROM clock_timestamp() - a.xact_start))::text, '?'))
    END
FROM (
    SELECT DISTINCT k.pid
    FROM pg_locks AS k
    WHERE k.locktype = 'relation'
        AND k.database = (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database())
        AND k.relation IN (
            'datadrop.membership'::regclass,
            'datadrop.dead_letters'::regclass,
            to_regclass('datadrop.membership_' || $1::integer),
            to_regclass('datadrop.dead_letters_' || $1::integer))
        AND k.granted
        AND k.pid IS DISTINCT FROM pg_backend_pid()
) AS l
LEFT JOIN pg_stat_activity AS a
    ON a.pid = l.pid
ORDER BY a.xact_start NULLS LAST
LIMIT 3
