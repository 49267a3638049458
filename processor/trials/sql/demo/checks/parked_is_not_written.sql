-- Who was told "dead_lettered" finds the dead letter, in the log and in the list, and the key was
-- never written, except by an operator's redrive.
WITH looked_at AS (
    SELECT CASE
        WHEN d.id IS NULL
            THEN format('%s was parked as %s, which is not in the list', a.key,
                a.outcome ->> 'dead_letter_id')
        WHEN NOT EXISTS (
            SELECT
            FROM datadrop.events AS e
            WHERE (e.partition, e.position, e.kind) = (d.partition, d.id, 1))
            THEN format('%s was parked as %s, which is not in the log', a.key,
                a.outcome ->> 'dead_letter_id')
        WHEN c.status IS DISTINCT FROM 'redriven' AND EXISTS (
            SELECT
            FROM pg_temp.trail AS t
            WHERE (t.guild_id, t.user_id, t.idempotency_key) = (a.guild_id, a.user_id, a.key))
            THEN format('%s was parked and is written', a.key)
    END AS difference
    FROM pg_temp.answers AS a
    LEFT JOIN datadrop.dead_letters AS d ON d.id = (a.outcome ->> 'dead_letter_id')::bigint
    LEFT JOIN pg_temp.closed AS c ON c.id = d.id
    WHERE a.ended = 'dead_lettered'
    UNION ALL
    SELECT CASE
        WHEN d.id IS NULL
            THEN format('position %s of the log is missing in the list of dead letters', e.position)
    END
    FROM datadrop.events AS e
    LEFT JOIN datadrop.dead_letters AS d ON (d.partition, d.id) = (e.partition, e.dead_letter_id)
    WHERE e.kind = 1
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
