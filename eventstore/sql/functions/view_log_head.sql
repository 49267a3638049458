-- The last position given in each partition.
CREATE OR REPLACE VIEW datadrop.log_head AS
SELECT p.number::smallint AS partition,
       datadrop.tail_of(p.number::smallint) AS position
FROM datadrop.settings AS s, generate_series(0, s.partition_count - 1) AS p (number);
