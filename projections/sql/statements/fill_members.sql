-- Frozen, which the transaction that made the table may: rows written after a snapshot are not in
-- it, so a REPEATABLE READ transaction of before the switch would find an empty table behind it.
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
) FROM STDIN (FORMAT binary, FREEZE)
