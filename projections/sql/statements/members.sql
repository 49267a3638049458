-- A page of a partition, behind a member, of one state or of all ($4 null).
SELECT
    m.guild_id,
    m.user_id,
    m.state,
    m.version,
    m.lifecycle,
    m.has_email,
    datadrop.micros(m.updated_at),
    m.position
FROM datadrop.membership AS m
WHERE m.partition = $1::smallint
    AND (m.guild_id, m.user_id) > ($2::bigint, $3::bigint)
    AND ($4::text IS NULL OR m.state = $4::text)
ORDER BY m.guild_id, m.user_id
LIMIT $5::bigint
