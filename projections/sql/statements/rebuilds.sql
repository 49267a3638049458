-- Rebuilds under way; a row without the lock is what a killed one left behind, for the next to go
-- on with: then what was done is what it has kept.
SELECT
    r.partition,
    CASE
        WHEN l.is_held AND r.phase IS NOT NULL THEN r.done
        ELSE coalesce(r.kept_position & ((1::bigint << 48) - 1), 0)
    END,
    r.total,
    datadrop.micros(r.started_at),
    coalesce(r.started_by, 'a process'),
    coalesce(r.phase, ''),
    coalesce(r.resumed_from, 0),
    datadrop.micros(clock_timestamp()) - datadrop.micros(r.started_at),
    l.is_held AND r.phase IS NOT NULL
FROM datadrop.projection_rebuilds AS r
CROSS JOIN (
    SELECT count(*) > 0 AS is_held
    FROM pg_locks AS k
    WHERE k.locktype = 'advisory'
        AND k.database = (
            SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database())
        AND k.classid = 1684108385
        AND k.objid = 64
        AND k.objsubid = 2
        AND k.granted
) AS l
ORDER BY r.partition
