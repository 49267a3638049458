SELECT e.position, e.version, e.to_state
FROM bench_guarded.events AS e
WHERE e.guild_id = $1 AND e.user_id = $2 AND e.idempotency_key = $3
