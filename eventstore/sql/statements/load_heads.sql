-- Where members stand, in the order asked for; version 0 for one without a stream. As heads_of,
-- which is for functions: a call of it takes longer than the look-ups of a small batch.
SELECT
    coalesce(h.version, 0),
    coalesce(h.to_state, 0::smallint),
    coalesce(h.has_email, false),
    coalesce(h.lifecycle, 0)
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
