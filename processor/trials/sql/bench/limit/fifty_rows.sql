\set guild random(1, 100)
\set user random(1, 100000)
\set version random(1, 1000000000000000)
INSERT INTO bench_limit.events (guild_id, user_id, version, payload)
SELECT :guild::bigint, (:user::bigint + n * 7919) % 100000 + 1, :version::bigint + n,
    repeat('x', 150)
FROM generate_series(1, 50) AS n;
