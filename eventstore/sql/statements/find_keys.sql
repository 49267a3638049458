-- Who wrote the events that used keys, and where they stand: a row a key in the order asked for;
-- nulls for a key that is not used.
SELECT
    k.held_submission,
    k.held_at
FROM unnest($2::bigint[], $3::bigint[], $4::text[]) WITH ORDINALITY
    AS a (guild_id, user_id, key, number)
LEFT JOIN LATERAL datadrop.key_holder($1, a.guild_id, a.user_id, a.key) AS k
    ON k.held_status IS NULL
ORDER BY a.number
