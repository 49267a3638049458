SELECT datadrop.drop_previous($1::integer)
