SELECT e.partition
FROM datadrop.events AS e
WHERE e.partition >= (SELECT s.partition_count FROM datadrop.settings AS s)
ORDER BY e.partition DESC
LIMIT 1
