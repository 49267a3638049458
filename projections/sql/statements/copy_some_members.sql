-- At most $1 rows of all partitions, in no order.
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
    LIMIT $1
) TO STDOUT (FORMAT binary)
