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
    FROM datadrop.membership_next AS m
) TO STDOUT (FORMAT binary)
