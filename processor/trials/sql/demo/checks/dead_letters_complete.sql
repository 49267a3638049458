-- A dead letter holds the whole command as it was sent, an address only as its fingerprint, and
-- every attempt in order; one of them met a conflict. Its sender was told of it; one that was
-- redriven may have answered its sender `accepted` from then on.
WITH looked_at AS (
    SELECT CASE
        WHEN a.key IS NULL
            THEN CASE
                WHEN c.status IS DISTINCT FROM 'redriven' AND NOT EXISTS (
                    SELECT
                    FROM pg_temp.abandoned AS b
                    WHERE (b.guild_id, b.user_id, b.key)
                        = (d.guild_id, d.user_id, d.command ->> 'idempotency_key'))
                    THEN format('%s: nobody was told of it', d.id)
            END
        WHEN NOT d.command @> (a.command - 'payload')
            OR NOT coalesce(d.command -> 'payload', '{}')
                @> (coalesce(a.command -> 'payload', '{}') - 'email')
            OR coalesce(d.command -> 'payload' ? 'email_fingerprint', false)
                IS DISTINCT FROM coalesce(a.command -> 'payload' ? 'email', false)
            THEN format('%s: %s was sent, it has %s', d.id, a.command, d.command)
        WHEN (d.guild_id, d.user_id, d.source, d.submitted_by, d.status, d.code) IS DISTINCT FROM (
            a.guild_id, a.user_id, a.door, a.door, coalesce(c.status, 'parked'),
            a.outcome ->> 'code')
            THEN format('%s: %s was told, it is %s by %s (%s), %s', d.id, a.outcome, d.code,
                d.submitted_by, d.source, d.status)
        WHEN jsonb_array_length(d.attempts) IS DISTINCT FROM (a.outcome ->> 'attempts')::integer
            THEN format('%s: %s attempts were told, it has %s', d.id, a.outcome ->> 'attempts',
                jsonb_array_length(d.attempts))
        WHEN EXISTS (
            SELECT
            FROM jsonb_array_elements(d.attempts) WITH ORDINALITY AS t (attempt, number)
            WHERE (t.attempt ->> 'number')::bigint IS DISTINCT FROM t.number)
            THEN format('%s: its attempts are not in order', d.id)
        WHEN NOT EXISTS (
            SELECT
            FROM jsonb_array_elements(d.attempts) AS t (attempt)
            WHERE t.attempt ->> 'found_state' IS NOT NULL)
            THEN format('%s: nothing stood in its way', d.id)
    END AS difference
    FROM datadrop.dead_letters AS d
    LEFT JOIN pg_temp.closed AS c USING (id)
    LEFT JOIN LATERAL (
        SELECT *
        FROM pg_temp.answers AS told
        WHERE told.ended = 'dead_lettered'
            AND told.guild_id = d.guild_id
            AND told.user_id = d.user_id
            AND (told.outcome ->> 'dead_letter_id')::bigint = d.id
        LIMIT 1
    ) AS a ON true
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
