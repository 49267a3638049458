-- Whoever writes rows of a partition comes through here first.
SELECT c.position
FROM datadrop.projection_checkpoints AS c
WHERE c.partition = $1::smallint
FOR UPDATE
