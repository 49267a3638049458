INSERT INTO datadrop.projection_previous (partition, position, switched_at)
VALUES ($1::smallint, $2::bigint, clock_timestamp())
