-- From the beginning or from where it was stopped; $2: how many the caller believes there are.
UPDATE datadrop.letter_runs AS r
SET status = 'running',
    started_at = coalesce(r.started_at, clock_timestamp()),
    ended_at = NULL,
    leased_until = NULL
WHERE r.id = $1::bigint
    AND r.status IN ('previewed', 'stopped')
    AND r.selected = $2::bigint
RETURNING true
