-- The audit trail of the members, in the words that clients read.
CREATE OR REPLACE VIEW datadrop.membership_events AS
SELECT e.partition,
       e.position,
       e.guild_id,
       e.user_id,
       e.version,
       datadrop.event_name(e.event) AS event,
       datadrop.state_name(e.from_state) AS from_state,
       datadrop.state_name(e.to_state) AS to_state,
       datadrop.source_name(e.source) AS source,
       e.actor,
       e.reason,
       e.idempotency_key,
       e.correlation_id,
       e.occurred_at,
       e.recorded_at
FROM datadrop.events AS e
WHERE e.kind = 0;
