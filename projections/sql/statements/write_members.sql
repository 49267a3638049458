INSERT INTO datadrop.membership (
    partition,
    guild_id,
    user_id,
    state,
    version,
    lifecycle,
    has_email,
    updated_at,
    position
)
SELECT
    $1::smallint,
    m.guild_id,
    m.user_id,
    m.state,
    m.version,
    m.lifecycle,
    m.has_email,
    datadrop.from_micros(m.updated_at),
    m.position
FROM unnest(
    $2::bigint[],
    $3::bigint[],
    $4::text[],
    $5::bigint[],
    $6::bigint[],
    $7::boolean[],
    $8::bigint[],
    $9::bigint[]
) AS m (guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
ON CONFLICT (partition, guild_id, user_id) DO UPDATE SET
    state = excluded.state,
    version = excluded.version,
    lifecycle = excluded.lifecycle,
    has_email = excluded.has_email,
    updated_at = excluded.updated_at,
    position = excluded.position
