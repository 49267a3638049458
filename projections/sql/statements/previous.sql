-- What was kept of before the last rebuild.
SELECT
    p.partition,
    p.position,
    datadrop.micros(p.switched_at)
FROM datadrop.projection_previous AS p
ORDER BY p.partition
