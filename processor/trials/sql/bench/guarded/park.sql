INSERT INTO bench_guarded.dead_letters (guild_id, user_id, event, idempotency_key, attempts)
VALUES ($1, $2, $3, $4, $5)
