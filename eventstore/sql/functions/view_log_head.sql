-- The last position given in each partition. It reads as its owner does, so that whoever may see it
-- needs no right on anything behind it. What is asked again and again asks tail_of.
CREATE OR REPLACE VIEW datadrop.log_head AS
SELECT p.number::smallint AS partition,
       coalesce(
           (SELECT e.position
            FROM datadrop.events AS e
            WHERE e.partition = p.number::smallint
            ORDER BY e.position DESC
            LIMIT 1),
           p.number::bigint << 48) AS position
FROM datadrop.settings AS s, generate_series(0, s.partition_count - 1) AS p (number);
