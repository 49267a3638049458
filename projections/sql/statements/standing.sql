-- Where a partition's projection stands, where its log does, and how old the oldest event is that
-- is not shown yet, in whole seconds: one snapshot.
SELECT
    c.position,
    datadrop.tail_of($1::smallint),
    (
        SELECT greatest(0, ceil(extract(epoch FROM clock_timestamp() - e.recorded_at)))::bigint
        FROM datadrop.events AS e
        WHERE e.partition = $1::smallint
            AND e.position > c.position
        ORDER BY e.position
        LIMIT 1
    )
FROM datadrop.checkpoint_of($1::smallint) AS c (position)
