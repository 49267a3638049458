UPDATE datadrop.letter_run_items AS i
SET outcome = came.outcome,
    code = came.code,
    acted_at = clock_timestamp()
FROM unnest($3::bigint[], $4::text[], $5::text[]) AS came (id, outcome, code)
WHERE i.partition = $1::smallint
    AND i.run_id = $2::bigint
    AND i.dead_letter_id = came.id
    AND i.outcome IS NULL
