-- The events of a dead letter ($2) up to a position.
COPY (
    SELECT
        e.guild_id,
        e.user_id,
        e.position,
        e.recorded_at,
        e.payload
    FROM datadrop.events AS e
    WHERE e.partition = $1
        AND e.dead_letter_id = $2
        AND e.position <= $3
    ORDER BY e.position
) TO STDOUT (FORMAT binary)
