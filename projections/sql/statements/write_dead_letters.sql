-- $2: dead letters as the API shows them.
INSERT INTO datadrop.dead_letters (
    partition,
    id,
    guild_id,
    user_id,
    status,
    code,
    parked_at,
    source,
    submitted_by,
    command,
    attempts,
    events,
    position
)
SELECT
    $1::smallint,
    (d.shown ->> 'id')::bigint,
    (d.shown ->> 'guild_id')::bigint,
    (d.shown ->> 'user_id')::bigint,
    d.shown ->> 'status',
    d.shown ->> 'code',
    (d.shown ->> 'parked_at')::timestamptz,
    d.shown ->> 'source',
    d.shown ->> 'submitted_by',
    d.shown -> 'command',
    d.shown -> 'attempts',
    d.shown -> 'events',
    d.position
FROM unnest($2::jsonb[], $3::bigint[]) AS d (shown, position)
ON CONFLICT (partition, id) DO UPDATE SET
    guild_id = excluded.guild_id,
    user_id = excluded.user_id,
    status = excluded.status,
    code = excluded.code,
    parked_at = excluded.parked_at,
    source = excluded.source,
    submitted_by = excluded.submitted_by,
    command = excluded.command,
    attempts = excluded.attempts,
    events = excluded.events,
    position = excluded.position
