-- What the loads have written, by the yardstick's table, and all that there is.
CREATE TEMPORARY TABLE written AS
SELECT
    0 AS partition,
    e.guild_id,
    e.user_id,
    e.version,
    datadrop.state_name(e.to_state) AS state,
    e.idempotency_key AS key,
    e.position
FROM bench_guarded.events AS e
WHERE e.position > (SELECT coalesce(max(b.position), 0) FROM pg_temp.base_by_hand AS b);

CREATE TEMPORARY VIEW history AS
SELECT 0 AS partition, e.guild_id, e.user_id, e.version
FROM bench_guarded.events AS e;
