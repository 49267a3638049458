SELECT datadrop.project($1, $2, $3, $4, $5)
