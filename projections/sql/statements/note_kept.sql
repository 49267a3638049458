UPDATE datadrop.projection_rebuilds AS r
SET kept_position = $2::bigint,
    kept_rows = $3::bigint,
    kept_program = $4::text
WHERE r.partition = $1::smallint
