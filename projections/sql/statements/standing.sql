-- Where a partition's projection stands, where its log does, and how old the oldest event is that
-- is not shown yet, in whole seconds: one snapshot.
SELECT
    c.position,
    h.position,
    (
        SELECT greatest(0, ceil(extract(epoch FROM clock_timestamp() - e.recorded_at)))::bigint
        FROM datadrop.events AS e
        WHERE e.partition = $1::smallint
            AND e.position > c.position
        ORDER BY e.position
        LIMIT 1
    )
FROM datadrop.projection_checkpoints AS c
JOIN datadrop.log_head AS h ON h.partition = $1::smallint
WHERE c.partition = $1::smallint
