SELECT datadrop.switch_generation($1::integer)
