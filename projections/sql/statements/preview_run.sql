UPDATE datadrop.letter_runs AS r
SET selected = $2::bigint,
    histogram = $3::jsonb
WHERE r.id = $1::bigint
