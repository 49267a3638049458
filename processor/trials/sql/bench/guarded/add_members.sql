-- Rows for members who have no event yet, so that their first one is guarded as any other.
INSERT INTO bench_guarded.members (guild_id, user_id, version, state, has_email, lifecycle)
SELECT $1::bigint + n % $2::bigint, $3::bigint + n, 0, 0, false, 0
FROM generate_series(0, $4::bigint - 1) AS n
ON CONFLICT DO NOTHING
