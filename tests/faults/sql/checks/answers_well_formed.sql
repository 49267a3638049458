-- A command that reached the processor is answered with an outcome, whatever else fails: nothing
-- is made up (a 500, a 401 for a token that is in force, …).
WITH looked_at AS (
    SELECT CASE
        WHEN s.ended = 'none' OR s.status NOT IN (200, 409, 422, 429, 503)
            THEN format('%s was answered with status %s: %s', s.key, s.status, s.outcome)
    END AS difference
    FROM pg_temp.sendings AS s
    WHERE s.status <> 0
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
