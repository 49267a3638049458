-- Not accepted means not written: each event belongs to a command whose sender was told so, or to
-- one that an operator redrove, or that was abandoned. A refused key that was accepted when it was
-- sent again has its acceptance here.
WITH looked_at AS (
    SELECT CASE
        WHEN NOT EXISTS (
            SELECT
            FROM pg_temp.answers AS a
            WHERE (a.guild_id, a.user_id, a.key) = (t.guild_id, t.user_id, t.idempotency_key)
                AND a.ended = 'accepted')
            AND NOT EXISTS (
            SELECT
            FROM pg_temp.redriven AS r
            WHERE (r.guild_id, r.user_id, r.key) = (t.guild_id, t.user_id, t.idempotency_key))
            AND NOT EXISTS (
            SELECT
            FROM pg_temp.abandoned AS b
            WHERE (b.guild_id, b.user_id, b.key) = (t.guild_id, t.user_id, t.idempotency_key))
            THEN format('position %s: nobody was told that %s is written', t.position,
                t.idempotency_key)
    END AS difference
    FROM pg_temp.trail AS t
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
