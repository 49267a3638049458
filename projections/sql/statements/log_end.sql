SELECT datadrop.tail_of($1::smallint)
