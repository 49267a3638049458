-- Where members stand, in the order asked for, and whether a key of theirs is parked or discarded;
-- version 0 for one without a stream.
CREATE OR REPLACE FUNCTION datadrop.heads_of(
    _partition smallint,
    _guilds    bigint[],
    _users     bigint[]
) RETURNS TABLE (
    version    bigint,
    state      smallint,
    has_email  boolean,
    lifecycle  bigint,
    has_parked boolean
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 64
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT coalesce(h.version, 0),
           coalesce(h.to_state, 0::smallint),
           coalesce(h.has_email, false),
           coalesce(h.lifecycle, 0),
           (SELECT p.dead_letter_id
            FROM datadrop.parked_keys AS p
            WHERE p.partition = _partition AND p.guild_id = m.guild_id AND p.user_id = m.user_id
              AND p.status <> 1
            LIMIT 1) IS NOT NULL
    FROM unnest(_guilds, _users) WITH ORDINALITY AS m (guild_id, user_id, number)
    LEFT JOIN LATERAL (
        SELECT e.version, e.to_state, e.has_email, e.lifecycle
        FROM datadrop.events AS e
        WHERE e.partition = _partition AND e.guild_id = m.guild_id AND e.user_id = m.user_id
          AND e.kind = 0
        ORDER BY e.version DESC
        LIMIT 1) AS h ON true
    ORDER BY m.number;
END
$$;
