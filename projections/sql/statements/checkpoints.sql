-- All partitions in one round trip: this is asked again and again while somebody waits.
SELECT datadrop.checkpoint_of(p.number::smallint)
FROM datadrop.settings AS s, generate_series(0, s.partition_count - 1) AS p (number)
ORDER BY p.number
