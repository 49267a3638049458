-- The membership table shows each member as the last event leaves it, and nobody else.
WITH last_event AS (
    SELECT DISTINCT ON (t.guild_id, t.user_id) t.*
    FROM pg_temp.trail AS t
    ORDER BY t.guild_id, t.user_id, t.version DESC
),
looked_at AS (
    SELECT CASE
        WHEN (m.state, m.version, m.position, m.lifecycle, m.has_email, m.updated_at)
            IS DISTINCT FROM (
            l.to_state, l.version, l.position, l.lifecycle, l.has_email, l.recorded_at)
            THEN format('guild %s user %s: the table has %s, the log %s', guild_id, user_id, m, l)
    END AS difference
    FROM datadrop.membership AS m
    FULL JOIN last_event AS l USING (guild_id, user_id)
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
