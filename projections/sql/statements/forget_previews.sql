-- Runs that nobody has started for a day.
DELETE FROM datadrop.letter_runs AS r
WHERE r.status = 'previewed'
    AND r.created_at < clock_timestamp() - interval '1 day'
RETURNING r.id
