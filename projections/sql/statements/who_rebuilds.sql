-- Whoever holds the right to rebuild: the process as it named itself, and its session.
SELECT format(
    '%s (%s, session %s of %s from %s), since %s',
    coalesce((SELECT min(r.started_by) FROM datadrop.projection_rebuilds AS r), 'a process'),
    coalesce(nullif(a.application_name, ''), 'no application named'),
    l.pid,
    coalesce(a.usename, '?'),
    coalesce(host(a.client_addr), 'this machine'),
    to_char(
        coalesce(
            (SELECT min(r.started_at) FROM datadrop.projection_rebuilds AS r),
            a.backend_start) AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a
    ON a.pid = l.pid
WHERE l.locktype = 'advisory'
    AND l.database = (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database())
    AND l.classid = 1684108385
    AND l.objid = 64
    AND l.objsubid = 2
    AND l.granted
