-- Where members stand, in the order asked for; version 0 for one without a stream.
CREATE OR REPLACE FUNCTION datadrop.heads_of(
    _partition smallint,
    _guilds    bigint[],
    _users     bigint[]
) RETURNS TABLE (version bigint, state smallint, has_email boolean, lifecycle bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 64
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT m.number,
               (SELECT h FROM datadrop.heads AS h
                WHERE h.partition = _partition AND h.guild_id = m.guild_id AND h.user_id = m.user_id
                LIMIT 1) AS head
        FROM unnest(_guilds, _users) WITH ORDINALITY AS m (guild_id, user_id, number)
    )
    SELECT coalesce((a.head).version, 0),
           coalesce((a.head).state, 0::smallint),
           coalesce((a.head).has_email, false),
           coalesce((a.head).lifecycle, 0)
    FROM asked AS a
    ORDER BY a.number;
END
$$;
