-- A member's ($2, $3) events up to a position ($4), in order, at most $5. As copy_events.sql.
COPY (
    SELECT
        e.position,
        (((e.version * 2 + e.kind) * 256 + e.event) * 256 + coalesce(e.from_state, 0::smallint))
            * 256 + coalesce(e.to_state, 0::smallint),
        e.recorded_at,
        e.dead_letter_id,
        CASE WHEN octet_length(e.payload) > 16 THEN e.payload END
    FROM datadrop.events AS e
    WHERE e.partition = $1
        AND e.kind = 0
        AND e.guild_id = $2
        AND e.user_id = $3
        AND e.position <= $4
    ORDER BY e.version
    LIMIT $5
) TO STDOUT (FORMAT binary)
