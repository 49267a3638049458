SELECT datadrop.begin_generation($1::integer)
