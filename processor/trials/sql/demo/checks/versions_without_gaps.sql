-- The versions of a member run 1, 2, 3, …, and their positions in the same order.
WITH looked_at AS (
    SELECT CASE
        WHEN e.version <> e.number
            THEN format('guild %s user %s: version %s where %s should be', e.guild_id, e.user_id,
                e.version, e.number)
        WHEN e.position <= e.position_before
            THEN format('guild %s user %s: version %s has position %s, behind it %s', e.guild_id,
                e.user_id, e.version, e.position, e.position_before)
    END AS difference
    FROM (
        SELECT t.*, row_number() OVER stream AS number,
            lag(t.position) OVER stream AS position_before
        FROM pg_temp.trail AS t
        WINDOW stream AS (PARTITION BY t.guild_id, t.user_id ORDER BY t.version)
    ) AS e
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
