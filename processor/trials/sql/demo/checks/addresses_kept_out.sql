-- No e-mail address is in an event or in a dead letter; all of the demo's end alike.
WITH looked_at AS (
    SELECT CASE
        WHEN concat(encode(e.payload, 'escape'), e.idempotency_key, e.actor, e.reason,
            e.correlation_id)
            LIKE '%@members.example%'
            THEN format('position %s holds an address', e.position)
    END AS difference
    FROM datadrop.events AS e
    UNION ALL
    SELECT CASE
        WHEN d::text LIKE '%@members.example%'
            THEN format('dead letter %s holds an address', d.id)
    END
    FROM datadrop.dead_letters AS d
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
