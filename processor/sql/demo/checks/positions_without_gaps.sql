-- The positions of a partition run on without a gap, dead letters included, up to the log's head.
WITH looked_at AS (
    SELECT CASE
        WHEN e.position <> (e.partition::bigint << 48) + e.number
            THEN format('partition %s: position %s is number %s', e.partition, e.position, e.number)
    END AS difference
    FROM (
        SELECT v.partition, v.position, row_number() OVER (
            PARTITION BY v.partition ORDER BY v.position) AS number
        FROM datadrop.events AS v
    ) AS e
    UNION ALL
    SELECT CASE
        WHEN h.position <> coalesce(last.position, h.partition::bigint << 48)
            THEN format('partition %s: its head is at %s, its last event at %s', h.partition, h.position, last.position)
    END
    FROM datadrop.log_head AS h
    LEFT JOIN (
        SELECT v.partition, max(v.position) AS position
        FROM datadrop.events AS v
        GROUP BY v.partition
    ) AS last USING (partition)
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string((array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
