-- How far each partition of the log and of its projection is.
SELECT h.position, datadrop.checkpoint_of(h.partition)
  FROM datadrop.log_head AS h
 ORDER BY h.partition
