-- How far each partition of the log and of its projection is: both are a row a partition.
SELECT h.position, c.position
  FROM datadrop.log_head AS h
  JOIN datadrop.projection_checkpoints AS c USING (partition)
 ORDER BY h.partition
