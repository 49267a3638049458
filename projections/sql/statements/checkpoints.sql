-- All partitions in one round trip: this is asked again and again while somebody waits.
SELECT c.position
FROM datadrop.projection_checkpoints AS c
ORDER BY c.partition
