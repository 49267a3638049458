-- A page of a partition, behind an id, of one guild or of all ($3 null), of one status or of all
-- ($4 null): each dead letter as the API shows it, and its last position.
SELECT
    json_build_object(
        'id', d.id::text,
        'guild_id', d.guild_id::text,
        'user_id', d.user_id::text,
        'status', d.status,
        'code', d.code,
        'parked_at', to_char(d.parked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'source', d.source,
        'submitted_by', d.submitted_by,
        'command', d.command,
        'attempts', d.attempts,
        'events', d.events
    ),
    d.id,
    d.position
FROM datadrop.dead_letters AS d
WHERE d.partition = $1::smallint
    AND d.id > $2::bigint
    AND ($3::bigint IS NULL OR d.guild_id = $3::bigint)
    AND ($4::text IS NULL OR d.status = $4::text)
ORDER BY d.id
LIMIT $5::bigint
