-- What the loads have written, by the log, and all that there is.
CREATE TEMPORARY TABLE written AS
SELECT e.partition, e.guild_id, e.user_id, e.version, e.to_state AS state,
    e.idempotency_key AS key, e.position
FROM datadrop.membership_events AS e
JOIN pg_temp.base AS b ON b.partition = e.partition AND e.position > b.position;

CREATE TEMPORARY VIEW history AS
SELECT e.partition, e.guild_id, e.user_id, e.version
FROM datadrop.membership_events AS e;
