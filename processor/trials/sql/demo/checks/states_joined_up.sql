-- Each event starts in the state that the one before led to, the first in None.
WITH looked_at AS (
    SELECT CASE
        WHEN e.from_state IS DISTINCT FROM e.state_before
            THEN format('guild %s user %s version %s: from %s, but the member was %s', e.guild_id,
                e.user_id, e.version, e.from_state, e.state_before)
    END AS difference
    FROM (
        SELECT t.*, lag(t.to_state, 1, 'None') OVER (
            PARTITION BY t.guild_id, t.user_id ORDER BY t.version) AS state_before
        FROM pg_temp.trail AS t
    ) AS e
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
