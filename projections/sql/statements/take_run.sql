-- A run that nobody carries out, the oldest first, becomes the caller's for a while. Without one
-- this reads a few rows by their key, and locks none.
UPDATE datadrop.letter_runs AS r
SET leased_until = clock_timestamp() + interval '5 seconds'
WHERE r.id = (
        SELECT open.id
        FROM datadrop.letter_runs AS open
        WHERE open.status = 'running'
            AND (open.leased_until IS NULL OR open.leased_until < clock_timestamp())
        ORDER BY open.id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
RETURNING r.id
