-- Dead letters that the table in service has otherwise than the next generation, not counting what
-- the log says behind its checkpoint ($2).
SELECT count(*)
FROM (SELECT * FROM datadrop.dead_letters WHERE partition = $1::smallint) AS present
FULL JOIN datadrop.dead_letters_next AS next
    ON next.id = present.id
WHERE present IS DISTINCT FROM next
    AND coalesce(next.position <= $2::bigint, true)
