SELECT datadrop.switch_generation($1::integer, $2::boolean)
