SELECT m.version, m.state, m.has_email, m.lifecycle
FROM bench_guarded.members AS m
WHERE m.guild_id = $1 AND m.user_id = $2
