-- Where a partition's projection stands, where its log ends, and which tables serve.
SELECT
    datadrop.checkpoint_of($1::smallint),
    datadrop.tail_of($1::smallint),
    datadrop.generation($1::smallint)
