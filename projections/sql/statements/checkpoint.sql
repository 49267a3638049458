SELECT c.position
FROM datadrop.projection_checkpoints AS c
WHERE c.partition = $1::smallint
