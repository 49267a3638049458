COPY datadrop.membership_next (
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
