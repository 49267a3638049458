-- At most $1 members and where they stand.
COPY (
    SELECT h.guild_id, h.user_id, h.version, h.state, h.has_email, h.lifecycle
    FROM datadrop.heads AS h
    LIMIT $1
) TO STDOUT (FORMAT binary)
