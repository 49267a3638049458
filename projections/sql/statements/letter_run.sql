-- A run ($1).
SELECT
    r.id,
    r.status,
    r.act,
    r.reason,
    r.by_source,
    r.by_name,
    r.filter,
    r.expectations,
    r.rate,
    r.selected,
    r.histogram,
    datadrop.micros(r.created_at),
    datadrop.micros(r.started_at),
    datadrop.micros(r.ended_at)
FROM datadrop.letter_runs AS r
WHERE r.id = $1::bigint
