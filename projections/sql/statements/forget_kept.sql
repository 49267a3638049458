UPDATE datadrop.projection_rebuilds AS r
SET kept_position = NULL
WHERE r.partition = $1::smallint
