\set guild random(1, 100)
\set user random(1, 100000)
\set version random(1, 1000000000000000)
INSERT INTO bench_limit.events (guild_id, user_id, version, payload)
VALUES (:guild, :user, :version, repeat('x', 150));
