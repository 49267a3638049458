-- A page of a partition, behind an id: each dead letter as its table has it, and its last position.
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
ORDER BY d.id
LIMIT $3::bigint
