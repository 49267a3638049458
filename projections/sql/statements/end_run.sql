UPDATE datadrop.letter_runs AS r
SET status = 'done',
    ended_at = clock_timestamp(),
    leased_until = NULL
WHERE r.id = $1::bigint
    AND r.status = 'running'
