-- The positions of a partition run on without a gap, dead letters included.
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
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
