-- The versions of a member run without a gap, also from what was there before, and their positions
-- in the same order.
WITH looked_at AS (
    SELECT CASE
        WHEN e.before IS NULL AND e.version > 1 AND NOT EXISTS (
            SELECT
            FROM pg_temp.history AS m
            WHERE (m.partition, m.guild_id, m.user_id, m.version)
                = (e.partition, e.guild_id, e.user_id, e.version - 1))
            THEN format('guild %s user %s: version %s follows nothing', e.guild_id, e.user_id,
                e.version)
        WHEN e.version <> e.before + 1
            THEN format('guild %s user %s: version %s follows version %s', e.guild_id, e.user_id,
                e.version, e.before)
        WHEN e.position <= e.position_before
            THEN format('guild %s user %s: version %s has position %s, behind it %s', e.guild_id,
                e.user_id, e.version, e.position, e.position_before)
    END AS difference
    FROM (
        SELECT w.*, lag(w.version) OVER stream AS before,
            lag(w.position) OVER stream AS position_before
        FROM pg_temp.written AS w
        WINDOW stream AS (PARTITION BY w.guild_id, w.user_id ORDER BY w.version)
    ) AS e
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
