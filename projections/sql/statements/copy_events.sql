-- Events of a partition behind a position ($2) up to another, in order. A column costs the server
-- more than the rest of a row, so small numbers travel in one, and a member's payload travels only
-- if it says something: an empty one has 16 bytes.
COPY (
    SELECT
        e.guild_id,
        e.user_id,
        (((e.version * 2 + e.kind) * 256 + e.event) * 256 + coalesce(e.from_state, 0::smallint))
            * 256 + coalesce(e.to_state, 0::smallint),
        e.recorded_at,
        e.dead_letter_id,
        CASE WHEN octet_length(e.payload) > 16 THEN e.payload END
    FROM datadrop.events AS e
    WHERE e.partition = $1
        AND e.position > $2
        AND e.position <= $3
    ORDER BY e.position
) TO STDOUT (FORMAT binary)
