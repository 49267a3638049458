-- The events of the dead letters asked for, each letter's in order. One look-up each, as in
-- members_by_id.sql.
SELECT
    e.dead_letter_id,
    e.guild_id,
    e.user_id,
    e.position,
    datadrop.micros(e.recorded_at),
    e.payload
FROM unnest($2::bigint[]) AS wanted (id),
    LATERAL (
        SELECT l.*
        FROM datadrop.events AS l
        WHERE l.partition = $1::smallint
            AND l.dead_letter_id = wanted.id
        ORDER BY l.position
        LIMIT 1000
    ) AS e
