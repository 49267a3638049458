-- Where a partition's projection stands, where its log ends, and which tables serve.
SELECT
    c.position,
    h.position,
    datadrop.generation(c.partition)
FROM datadrop.projection_checkpoints AS c
JOIN datadrop.log_head AS h ON h.partition = c.partition
WHERE c.partition = $1::smallint
