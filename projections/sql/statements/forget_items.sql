DELETE FROM datadrop.letter_run_items AS i
WHERE i.partition = $1::smallint
    AND i.run_id = ANY ($2::bigint[])
