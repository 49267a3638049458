-- What a client was told for good is what it is told ever after: accepted stays accepted, and a
-- dead letter stays that dead letter unless it is redriven.
WITH told AS (
    SELECT
        s.guild_id,
        s.user_id,
        s.key,
        count(*) FILTER (WHERE s.ended = 'accepted') AS accepted,
        count(DISTINCT s.outcome ->> 'dead_letter_id') AS letters,
        max((s.outcome ->> 'dead_letter_id')::bigint) AS letter
    FROM pg_temp.sendings AS s
    GROUP BY s.guild_id, s.user_id, s.key
),
looked_at AS (
    SELECT CASE
        WHEN t.letters > 1
            THEN format('%s was told %s dead letters', t.key, t.letters)
        WHEN t.accepted > 0 AND t.letters > 0 AND d.status IS DISTINCT FROM 'redriven'
            THEN format('%s was told to be accepted, and to be dead letter %s, which is %s', t.key,
                t.letter, d.status)
    END AS difference
    FROM told AS t
    LEFT JOIN datadrop.dead_letters AS d ON d.id = t.letter
    WHERE t.accepted > 0 OR t.letters > 0
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
