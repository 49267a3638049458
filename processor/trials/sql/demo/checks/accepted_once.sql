-- An accepted key has one event, however often it was sent and to whom; only one answer said that
-- it was new, and all of them the same.
WITH looked_at AS (
    SELECT CASE
        WHEN coalesce(k.events, 0) <> 1
            THEN format('%s has %s events', a.key, coalesce(k.events, 0))
        WHEN count(*) FILTER (WHERE a.outcome ->> 'replayed' = 'false') > 1
            THEN format('%s was new to %s answers', a.key, count(*))
        WHEN count(DISTINCT a.outcome ->> 'position') > 1
            THEN format('%s was answered with %s positions', a.key,
                count(DISTINCT a.outcome ->> 'position'))
    END AS difference
    FROM pg_temp.answers AS a
    LEFT JOIN (
        SELECT e.guild_id, e.user_id, e.idempotency_key, count(*) AS events
        FROM datadrop.membership_events AS e
        GROUP BY e.guild_id, e.user_id, e.idempotency_key
    ) AS k ON (k.guild_id, k.user_id, k.idempotency_key) = (a.guild_id, a.user_id, a.key)
    WHERE a.ended = 'accepted'
    GROUP BY a.guild_id, a.user_id, a.key, k.events
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
