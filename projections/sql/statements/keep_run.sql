-- The caller goes on with a run; no row when it was stopped.
UPDATE datadrop.letter_runs AS r
SET leased_until = clock_timestamp() + interval '5 seconds'
WHERE r.id = $1::bigint
    AND r.status = 'running'
RETURNING true
