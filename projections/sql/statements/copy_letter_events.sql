-- The events of dead letters behind a position ($2) up to another, in order. As
-- copy_dead_letters.sql.
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
        AND e.position > $2
        AND e.position <= $3
        AND e.kind = 1
    ORDER BY e.position
) TO STDOUT (FORMAT binary)
