-- A key is written, or it is parked, in one dead letter, or neither. Only an operator's redrive
-- makes a parked key a written one.
WITH fate AS (
    SELECT
        e.guild_id,
        e.user_id,
        e.idempotency_key AS key,
        1 AS written,
        0 AS parked,
        0 AS redriven
    FROM datadrop.events AS e
    WHERE e.kind = 0
    UNION ALL
    SELECT
        d.guild_id,
        d.user_id,
        d.command ->> 'idempotency_key',
        0,
        1,
        CASE WHEN d.status = 'redriven' THEN 1 ELSE 0 END
    FROM datadrop.dead_letters AS d
),
looked_at AS (
    SELECT CASE
        WHEN sum(f.written) > 1 OR sum(f.parked) > 1
            THEN format('%s is written %s times and parked %s times', f.key, sum(f.written),
                sum(f.parked))
        WHEN sum(f.written) + sum(f.parked) = 2 AND sum(f.redriven) = 0
            THEN format('%s is written and parked, and nobody redrove it', f.key)
        WHEN sum(f.redriven) = 1 AND sum(f.written) = 0
            THEN format('%s was redriven and is not written', f.key)
    END AS difference
    FROM fate AS f
    GROUP BY f.guild_id, f.user_id, f.key
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
