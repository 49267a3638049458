-- The yardstick's table with as many events as the log has, as if it had written them. Its indexes
-- are as full as those that grow by keys in no order.
ALTER TABLE bench_guarded.events
    DROP CONSTRAINT events_pkey,
    DROP CONSTRAINT events_guild_id_user_id_version_key,
    DROP CONSTRAINT events_guild_id_user_id_idempotency_key_key;

INSERT INTO bench_guarded.events
    (position, guild_id, user_id, version, event, from_state, to_state, source, idempotency_key,
     actor, reason, correlation_id, occurred_at, recorded_at, payload)
OVERRIDING SYSTEM VALUE
SELECT e.position, e.guild_id, e.user_id, e.version, e.event, e.from_state, e.to_state,
    e.source, e.idempotency_key, e.actor, e.reason, e.correlation_id, e.occurred_at, e.recorded_at,
    e.payload
FROM datadrop.events AS e
WHERE e.partition = 0 AND e.kind = 0
ORDER BY e.position;

ALTER TABLE bench_guarded.events
    ADD PRIMARY KEY (position),
    ADD UNIQUE (guild_id, user_id, version) WITH (fillfactor = 70),
    ADD UNIQUE (guild_id, user_id, idempotency_key) WITH (fillfactor = 70);

SELECT setval('bench_guarded.events_position_seq', max(e.position))
FROM bench_guarded.events AS e;

-- Members who are toggled: each second event is a join, which begins a stay.
INSERT INTO bench_guarded.members (guild_id, user_id, version, state, has_email, lifecycle)
SELECT DISTINCT ON (e.guild_id, e.user_id)
    e.guild_id, e.user_id, e.version, e.to_state, false, (e.version + 1) / 2
FROM bench_guarded.events AS e
ORDER BY e.guild_id, e.user_id, e.version DESC;
