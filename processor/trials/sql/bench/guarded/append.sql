-- The guard and the event in one statement: no row is answered when the member is not where it was
-- expected to be.
WITH moved AS (
    UPDATE bench_guarded.members AS m
    SET version   = m.version + 1,
        state     = $6::smallint,
        has_email = $7::boolean,
        lifecycle = $8::bigint
    WHERE m.guild_id = $1::bigint
      AND m.user_id = $2::bigint
      AND m.version = $3::bigint
      AND m.state = $4::smallint
    RETURNING m.version
)
INSERT INTO bench_guarded.events
    (guild_id, user_id, version, event, from_state, to_state, source, idempotency_key, actor,
     reason, correlation_id, occurred_at, payload)
SELECT $1::bigint, $2::bigint, moved.version, $5::smallint, $4::smallint, $6::smallint,
       $9::smallint, $10::text, $11::text, $12::text, $13::text, $14::timestamptz, $15::bytea
FROM moved
RETURNING position
