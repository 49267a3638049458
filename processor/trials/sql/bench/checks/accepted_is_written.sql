-- Who was told "accepted" finds the event of that command, with version, state and position as
-- told.
WITH looked_at AS (
    SELECT CASE
        WHEN w.position IS NULL
            THEN format('%s was accepted at position %s and is not in the log', a.key, a.position)
        WHEN (w.version, w.state, w.position) IS DISTINCT FROM (a.version, a.state, a.position)
            THEN format(
                '%s was told version %s, %s, position %s; the log has version %s, %s, position %s',
                a.key, a.version, a.state, a.position, w.version, w.state, w.position)
    END AS difference
    FROM pg_temp.answers AS a
    LEFT JOIN pg_temp.written AS w USING (guild_id, user_id, key)
    WHERE a.ended = 'accepted'
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
