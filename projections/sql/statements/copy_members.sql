-- At most $2 rows of a partition, in no order.
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
    LIMIT $2
) TO STDOUT (FORMAT binary)
