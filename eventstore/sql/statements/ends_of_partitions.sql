-- The first and the last event of each partition, its last dead letter and whether a key of it is
-- kept, a key that is kept and whether its dead letter is there, and how many checkpoints there
-- are.
SELECT
    p.partition,
    first.position,
    first.guild_id,
    last.position,
    last.guild_id,
    letter.dead_letter_id,
    EXISTS (
        SELECT
        FROM datadrop.parked_keys AS k
        WHERE k.partition = p.partition
            AND k.guild_id = letter.guild_id
            AND k.user_id = letter.user_id
            AND k.dead_letter_id = letter.dead_letter_id
    ),
    kept.dead_letter_id,
    EXISTS (
        SELECT
        FROM datadrop.events AS e
        WHERE e.partition = p.partition
            AND e.position = kept.dead_letter_id
            AND e.dead_letter_id = kept.dead_letter_id
    ),
    (
        SELECT count(*)
        FROM datadrop.projection_checkpoints AS c
        WHERE c.partition = p.partition
    )
FROM datadrop.log_head AS p
LEFT JOIN LATERAL (
    SELECT
        e.position,
        e.guild_id
    FROM datadrop.events AS e
    WHERE e.partition = p.partition
    ORDER BY e.position
    LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT
        e.position,
        e.guild_id
    FROM datadrop.events AS e
    WHERE e.partition = p.partition
    ORDER BY e.position DESC
    LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT
        e.dead_letter_id,
        e.guild_id,
        e.user_id
    FROM datadrop.events AS e
    WHERE e.partition = p.partition
        AND e.dead_letter_id IS NOT NULL
    ORDER BY e.dead_letter_id DESC, e.position DESC
    LIMIT 1
) AS letter ON true
LEFT JOIN LATERAL (
    SELECT k.dead_letter_id
    FROM datadrop.parked_keys AS k
    WHERE k.partition = p.partition
    ORDER BY k.guild_id DESC, k.user_id DESC, k.idempotency_key DESC
    LIMIT 1
) AS kept ON true
