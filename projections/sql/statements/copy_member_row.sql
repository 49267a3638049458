-- A member's ($2, $3) row, as copy_members.sql has it.
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
    FROM datadrop.membership AS m
    WHERE m.partition = $1
        AND m.guild_id = $2
        AND m.user_id = $3
) TO STDOUT (FORMAT binary)
