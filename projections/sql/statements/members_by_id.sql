SELECT
    m.guild_id,
    m.user_id,
    m.state,
    m.version,
    m.lifecycle,
    m.has_email,
    datadrop.micros(m.updated_at),
    m.position
FROM unnest($2::bigint[], $3::bigint[]) AS wanted (guild_id, user_id)
JOIN datadrop.membership AS m
    ON m.partition = $1::smallint
    AND m.guild_id = wanted.guild_id
    AND m.user_id = wanted.user_id
