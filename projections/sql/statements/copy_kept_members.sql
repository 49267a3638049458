-- What a rebuild has kept of a partition, of a member the later the righter.
COPY (
    SELECT
        m.guild_id,
        m.user_id,
        m.state,
        m.version,
        m.lifecycle,
        m.has_email,
        m.updated_at,
        m.position
    FROM datadrop.projection_kept_members AS m
    WHERE m.partition = $1
) TO STDOUT (FORMAT binary)
