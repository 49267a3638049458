SELECT e.position, e.kind, e.guild_id, e.user_id, e.version, e.event, e.from_state, e.to_state,
       e.source, e.idempotency_key, e.actor, e.reason, e.correlation_id,
       datadrop.micros(e.occurred_at), datadrop.micros(e.recorded_at), e.dead_letter_id, e.payload
FROM datadrop.events AS e
WHERE e.partition = $1 AND e.kind = 0 AND e.guild_id = $2 AND e.user_id = $3 AND e.version > $4
ORDER BY e.version
LIMIT $5
