SELECT s.partition_count
FROM datadrop.settings AS s
