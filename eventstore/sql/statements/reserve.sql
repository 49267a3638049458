SELECT *
FROM datadrop.reserve($1, $2, $3)
