INSERT INTO datadrop.letter_runs (
    status,
    act,
    reason,
    by_source,
    by_name,
    filter,
    expectations,
    rate,
    created_at
)
VALUES (
    'previewed',
    $1::text,
    $2::text,
    $3::smallint,
    $4::text,
    $5::jsonb,
    $6::jsonb,
    $7::bigint,
    clock_timestamp()
)
RETURNING id
