-- Where members stand, in the order asked for, and whether a key of theirs is parked or discarded;
-- version 0 for one without a stream. With it the history and the tail of the statement's snapshot.
-- As heads_of, which is for functions: a call of it takes longer than the look-ups of a small
-- batch.
SELECT
    coalesce(h.version, 0),
    coalesce(h.to_state, 0::smallint),
    coalesce(h.has_email, false),
    coalesce(h.lifecycle, 0),
    (
        SELECT p.dead_letter_id
        FROM datadrop.parked_keys AS p
        WHERE p.partition = $1
            AND p.guild_id = m.guild_id
            AND p.user_id = m.user_id
            AND p.status <> 1
        LIMIT 1
    ) IS NOT NULL,
    datadrop.log_history(),
    coalesce(
        (
            SELECT t.position
            FROM datadrop.events AS t
            WHERE t.partition = $1
            ORDER BY t.position DESC
            LIMIT 1
        ),
        datadrop.tail_of($1)
    )
FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS m (guild_id, user_id, number)
LEFT JOIN LATERAL (
    SELECT e.version, e.to_state, e.has_email, e.lifecycle
    FROM datadrop.events AS e
    WHERE e.partition = $1
        AND e.guild_id = m.guild_id
        AND e.user_id = m.user_id
        AND e.kind = 0
    ORDER BY e.version DESC
    LIMIT 1
) AS h ON true
ORDER BY m.number
