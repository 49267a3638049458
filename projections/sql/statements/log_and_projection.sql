-- How far each partition of the log and of its projection is.
SELECT datadrop.tail_of(p.number::smallint), datadrop.checkpoint_of(p.number::smallint)
  FROM datadrop.settings AS s, generate_series(0, s.partition_count - 1) AS p (number)
 ORDER BY p.number
