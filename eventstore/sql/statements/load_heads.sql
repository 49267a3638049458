-- Where members stand, in the order asked for; version 0 for one without a stream. As heads_of, which
-- is for functions: a call of it takes longer than the look-ups of a small batch.
SELECT
    coalesce((a.head).version, 0),
    coalesce((a.head).state, 0),
    coalesce((a.head).has_email, false),
    coalesce((a.head).lifecycle, 0)
FROM (
    SELECT
        m.number,
        (
            SELECT h FROM datadrop.heads AS h
            WHERE h.partition = $1 AND h.guild_id = m.guild_id AND h.user_id = m.user_id
            LIMIT 1
        ) AS head
    FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS m (guild_id, user_id, number)
    OFFSET 0
) AS a
ORDER BY a.number
