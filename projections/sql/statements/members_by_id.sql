-- The rows of the members asked for. One look-up each: joined, a table that was never analysed is
-- sorted whole for every batch.
SELECT
    m.guild_id,
    m.user_id,
    m.state,
    m.version,
    m.lifecycle,
    m.has_email,
    datadrop.micros(m.updated_at),
    m.position
FROM unnest($2::bigint[], $3::bigint[]) AS wanted (guild_id, user_id),
    LATERAL (
        SELECT r.*
        FROM datadrop.membership AS r
        WHERE r.partition = $1::smallint
            AND r.guild_id = wanted.guild_id
            AND r.user_id = wanted.user_id
        LIMIT 1
    ) AS m
