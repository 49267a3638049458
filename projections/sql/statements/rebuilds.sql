-- Rebuilds under way; a row without the lock is what a killed one left behind.
SELECT
    r.partition,
    r.done,
    r.total,
    datadrop.micros(r.started_at)
FROM datadrop.projection_rebuilds AS r
WHERE EXISTS (
    SELECT
    FROM pg_locks AS l
    WHERE l.locktype = 'advisory'
        AND l.database = (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database())
        AND l.classid = 1684108385
        AND l.objid = 64
        AND l.objsubid = 2
        AND l.granted
)
ORDER BY r.partition
