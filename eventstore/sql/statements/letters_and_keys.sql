-- How many dead letters each partition's log has, and how many of their keys are kept.
SELECT
    p.number,
    (
        SELECT count(DISTINCT e.dead_letter_id)
        FROM datadrop.events AS e
        WHERE e.partition = p.number
            AND e.dead_letter_id IS NOT NULL
    ),
    (
        SELECT count(*)
        FROM datadrop.parked_keys AS k
        WHERE k.partition = p.number
    )
FROM (
    SELECT n::smallint
    FROM datadrop.settings AS s
    CROSS JOIN generate_series(0, s.partition_count - 1) AS n
) AS p (number)
