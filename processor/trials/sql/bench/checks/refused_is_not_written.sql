-- Whatever was answered with anything but "accepted" is not in the log.
WITH looked_at AS (
    SELECT CASE
        WHEN w.position IS NOT NULL
            THEN format('%s was told "%s" and is written at position %s', a.key, a.ended,
                w.position)
    END AS difference
    FROM pg_temp.answers AS a
    LEFT JOIN pg_temp.written AS w USING (guild_id, user_id, key)
    WHERE a.ended <> 'accepted'
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
