-- Whoever sends a command until it is settled is told what became of it: each has an outcome, or
-- its key was sent again and has one.
WITH looked_at AS (
    SELECT CASE
        WHEN count(*) FILTER (
                WHERE s.ended IN ('accepted', 'rejected', 'conflict', 'dead_lettered')) = 0
            THEN format('%s was sent %s times and not settled: %s', s.key, count(*),
                (array_agg(s.outcome))[1])
    END AS difference
    FROM pg_temp.sendings AS s
    GROUP BY s.guild_id, s.user_id, s.key
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
