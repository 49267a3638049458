INSERT INTO datadrop.projection_rebuilds (partition, done, total, started_at)
VALUES ($1::smallint, $2::bigint, $3::bigint, clock_timestamp())
ON CONFLICT (partition) DO UPDATE SET
    done = excluded.done,
    total = excluded.total
