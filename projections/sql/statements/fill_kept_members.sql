COPY datadrop.projection_kept_members (
    partition,
    guild_id,
    user_id,
    state,
    version,
    lifecycle,
    has_email,
    updated_at,
    position
) FROM STDIN (FORMAT binary)
