SELECT m.version, m.state, m.has_email, m.lifecycle
FROM bench_guarded.members AS m
WHERE m.user_id BETWEEN $1 AND $2
ORDER BY m.user_id
