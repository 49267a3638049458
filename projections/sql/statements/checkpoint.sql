SELECT datadrop.checkpoint_of($1::smallint)
