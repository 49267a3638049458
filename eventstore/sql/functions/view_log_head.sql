-- The last position given in each partition.
CREATE OR REPLACE VIEW datadrop.log_head AS
SELECT t.partition,
       (t.partition::bigint << 48) + t.sequence AS position
FROM datadrop.tails AS t;
