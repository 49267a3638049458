-- Once, when the database is made: $1 partitions, $2 the key of the fingerprints.
WITH partitions AS (
    INSERT INTO datadrop.settings (partition_count) VALUES ($1::smallint)
),
keys AS (
    INSERT INTO datadrop.server_key (key) VALUES ($2::bytea)
)
INSERT INTO datadrop.tails (partition, sequence)
SELECT p.number, 0
FROM generate_series(0, $1::integer - 1) AS p (number)
