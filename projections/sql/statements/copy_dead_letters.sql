-- The events of all dead letters of a partition up to a position ($2), letter by letter.
COPY (
    SELECT
        e.dead_letter_id,
        e.guild_id,
        e.user_id,
        e.position,
        e.recorded_at,
        e.payload
    FROM datadrop.events AS e
    WHERE e.partition = $1
        AND e.dead_letter_id IS NOT NULL
        AND e.position <= $2
    ORDER BY e.dead_letter_id, e.position
) TO STDOUT (FORMAT binary)
