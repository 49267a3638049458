-- Where each partition's read model stands and its log ends, and the rows that there are for a log
-- without an event.
SELECT
    h.partition,
    c.position,
    h.position,
    CASE WHEN h.position = h.partition::bigint << 48 THEN
        (SELECT count(*) FROM datadrop.membership AS m WHERE m.partition = h.partition)
        + (SELECT count(*) FROM datadrop.dead_letters AS d WHERE d.partition = h.partition)
    END
FROM datadrop.log_head AS h
JOIN datadrop.projection_checkpoints AS c
    ON c.partition = h.partition
ORDER BY h.partition
