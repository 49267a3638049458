-- Nothing is written that was not accepted, and nothing is written twice: each event has one answer
-- that told its position, and each accepted key one event.
WITH looked_at AS (
    SELECT CASE
        WHEN coalesce(a.told, 0) <> 1
            THEN format('position %s, %s: accepted by %s answers', w.position, w.key,
                coalesce(a.told, 0))
        WHEN count(*) OVER (PARTITION BY w.guild_id, w.user_id, w.key) > 1
            THEN format('%s is written more than once, at position %s', w.key, w.position)
    END AS difference
    FROM pg_temp.written AS w
    LEFT JOIN (
        SELECT guild_id, user_id, key, count(*) AS told
        FROM pg_temp.answers
        WHERE ended = 'accepted'
        GROUP BY guild_id, user_id, key
    ) AS a USING (guild_id, user_id, key)
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
