-- A page of a partition's dead letters behind an id ($2), of what the filters leave: guild, user,
-- command, code, status, parked before and parked after (a null lets all through). Each as its
-- table has it, when its last event was recorded, and where the member stands.
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
    d.guild_id,
    d.user_id,
    d.position,
    datadrop.micros(coalesce((d.events -> -1 ->> 'at')::timestamptz, d.parked_at)),
    coalesce(m.state, 'None'),
    coalesce(m.version, 0),
    coalesce(m.lifecycle, 0)
FROM datadrop.dead_letters AS d
LEFT JOIN LATERAL (
    SELECT
        r.state,
        r.version,
        r.lifecycle
    FROM datadrop.membership AS r
    WHERE r.partition = $1::smallint
        AND r.guild_id = d.guild_id
        AND r.user_id = d.user_id
    LIMIT 1
) AS m
    ON true
WHERE d.partition = $1::smallint
    AND d.id > $2::bigint
    AND ($3::bigint IS NULL OR d.guild_id = $3::bigint)
    AND ($4::bigint IS NULL OR d.user_id = $4::bigint)
    AND ($5::text IS NULL OR d.command ->> 'command' = $5::text)
    AND ($6::text IS NULL OR d.code = $6::text)
    AND ($7::text IS NULL OR d.status = $7::text)
    AND ($8::bigint IS NULL OR d.parked_at < datadrop.from_micros($8::bigint))
    AND ($9::bigint IS NULL OR d.parked_at > datadrop.from_micros($9::bigint))
ORDER BY d.id
LIMIT $10::bigint
