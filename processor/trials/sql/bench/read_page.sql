-- A page of the log behind a position, as a reader by hand would ask for it.
SELECT e.position, e.guild_id, e.user_id, e.version, e.event, e.from_state, e.to_state, e.source,
    e.actor, e.reason, e.idempotency_key, e.correlation_id, e.occurred_at, e.recorded_at
FROM datadrop.events AS e
WHERE e.partition = 0 AND e.position > $1
ORDER BY e.position
LIMIT 1000
