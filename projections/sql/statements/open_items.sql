-- Items of a run in a partition, behind an id, that nothing was done to yet.
SELECT
    i.dead_letter_id,
    i.seen
FROM datadrop.letter_run_items AS i
WHERE i.partition = $1::smallint
    AND i.run_id = $2::bigint
    AND i.dead_letter_id > $3::bigint
    AND i.outcome IS NULL
ORDER BY i.dead_letter_id
LIMIT $4::bigint
