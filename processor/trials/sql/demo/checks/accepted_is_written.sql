-- Who was told "accepted" finds the event of that command: version, state and position as told,
-- and everything that was said with it.
WITH looked_at AS (
    SELECT CASE
        WHEN t.position IS NULL
            THEN format('%s was accepted at position %s and is not in the log', a.key,
                a.outcome ->> 'position')
        WHEN (t.version, t.to_state, t.position, t.lifecycle) IS DISTINCT FROM (
            (a.outcome ->> 'version')::bigint, a.outcome ->> 'state',
            (a.outcome ->> 'position')::bigint, (a.outcome ->> 'lifecycle')::bigint)
            THEN format('%s was told %s, the log has version %s, %s, position %s, lifecycle %s',
                a.key, a.outcome, t.version, t.to_state, t.position, t.lifecycle)
        WHEN (a.command ->> 'expected_lifecycle')::bigint + (t.event = 'MemberJoined')::integer
            <> t.lifecycle
            AND r.key IS NULL
            THEN format('%s was meant for lifecycle %s, and was written in %s', a.key,
                a.command ->> 'expected_lifecycle', t.lifecycle)
        WHEN NOT EXISTS (
            SELECT
            FROM pg_temp.rules AS r
            WHERE (r.command, r.event) = (a.command ->> 'command', t.event))
            THEN format('%s was a %s, the log has %s', a.key, a.command ->> 'command', t.event)
        WHEN (t.source, t.actor, t.reason, t.correlation_id) IS DISTINCT FROM (
            CASE WHEN r.key IS NULL THEN a.door ELSE 'operator' END, a.command ->> 'actor',
                a.command ->> 'reason', a.command ->> 'correlation_id')
            THEN format('%s was %s, the log has source %s, actor %s, reason %s, correlation %s',
                a.key, a.command, t.source, t.actor, t.reason, t.correlation_id)
        WHEN t.to_state <> coalesce(a.command -> 'payload' ->> 'outcome', t.to_state)
            THEN format('%s should lead to %s', a.key, a.command -> 'payload' ->> 'outcome')
    END AS difference
    FROM pg_temp.answers AS a
    LEFT JOIN pg_temp.trail AS t
        ON (t.guild_id, t.user_id, t.idempotency_key) = (a.guild_id, a.user_id, a.key)
    LEFT JOIN pg_temp.redriven AS r
        ON (r.guild_id, r.user_id, r.key) = (a.guild_id, a.user_id, a.key)
    WHERE a.ended = 'accepted'
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
