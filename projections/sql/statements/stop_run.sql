UPDATE datadrop.letter_runs AS r
SET status = 'stopped',
    ended_at = clock_timestamp(),
    leased_until = NULL
WHERE r.id = $1::bigint
    AND r.status IN ('previewed', 'running')
