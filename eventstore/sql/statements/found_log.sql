-- Once, when the database is made: $1 partitions, $2 the key of the fingerprints.
WITH partitions AS (
    INSERT INTO datadrop.settings (partition_count) VALUES ($1::smallint)
)
INSERT INTO datadrop.server_key (key) VALUES ($2::bytea)
