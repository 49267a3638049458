-- What an earlier one has kept stays with the row.
INSERT INTO datadrop.projection_rebuilds (
    partition,
    done,
    total,
    started_at,
    started_by,
    resumed_from,
    phase
)
VALUES (
    $1::smallint,
    $2::bigint,
    $3::bigint,
    clock_timestamp(),
    $4::text,
    $2::bigint,
    'folding'
)
ON CONFLICT (partition) DO UPDATE SET
    done = excluded.done,
    total = excluded.total,
    started_at = excluded.started_at,
    started_by = excluded.started_by,
    resumed_from = excluded.resumed_from,
    phase = excluded.phase
