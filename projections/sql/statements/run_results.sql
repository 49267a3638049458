-- What has come of the items of a run in a partition so far.
SELECT
    i.outcome,
    i.code,
    count(*)
FROM datadrop.letter_run_items AS i
WHERE i.partition = $1::smallint
    AND i.run_id = $2::bigint
    AND i.outcome IS NOT NULL
GROUP BY i.outcome, i.code
