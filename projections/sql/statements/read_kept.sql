SELECT
    r.kept_position,
    r.kept_rows,
    r.kept_program
FROM datadrop.projection_rebuilds AS r
WHERE r.partition = $1::smallint
