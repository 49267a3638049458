UPDATE datadrop.projection_checkpoints AS c
SET position = $2::bigint
WHERE c.partition = $1::smallint
