UPDATE datadrop.projection_rebuilds AS r
SET done = $2::bigint,
    total = $3::bigint,
    phase = $4::text
WHERE r.partition = $1::smallint
