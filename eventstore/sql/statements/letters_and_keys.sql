-- How many dead letters each partition's log has, and how many of their keys are kept.
SELECT
    h.partition,
    (
        SELECT count(DISTINCT e.dead_letter_id)
        FROM datadrop.events AS e
        WHERE e.partition = h.partition
            AND e.dead_letter_id IS NOT NULL
    ),
    (
        SELECT count(*)
        FROM datadrop.parked_keys AS k
        WHERE k.partition = h.partition
    )
FROM datadrop.log_head AS h
