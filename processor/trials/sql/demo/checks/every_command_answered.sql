-- Silence and "perhaps" do not exist as outcomes.
WITH looked_at AS (
    SELECT CASE
        WHEN a.ended NOT IN ('accepted', 'rejected', 'conflict', 'dead_lettered')
            THEN format('%s: %s', a.key, a.outcome)
    END AS difference
    FROM pg_temp.answers AS a
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
