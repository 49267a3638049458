-- The members of events at $2 random positions of a partition whose last sequence is $3.
SELECT e.guild_id, e.user_id
FROM (
    SELECT ($1::smallint::bigint << 48) + 1 + floor(random() * $3::bigint)::bigint AS position
    FROM generate_series(1, $2::bigint)
) AS drawn,
    LATERAL (
        SELECT a.guild_id, a.user_id
        FROM datadrop.events AS a
        WHERE a.partition = $1::smallint
            AND a.position = drawn.position
        LIMIT 1
    ) AS e
