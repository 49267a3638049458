-- Lines of a client's journal.
INSERT INTO pg_temp.answers (door, sent_at, latency, guild_id, user_id, key, command, outcome,
    ended)
SELECT
    l.line ->> 'door',
    (l.line ->> 'sent_at')::bigint,
    (l.line ->> 'latency')::bigint,
    (l.line -> 'command' ->> 'guild_id')::bigint,
    (l.line -> 'command' ->> 'user_id')::bigint,
    l.line -> 'command' ->> 'idempotency_key',
    l.line -> 'command',
    l.line -> 'outcome',
    coalesce(l.line -> 'outcome' ->> 'outcome', 'none')
FROM unnest($1::jsonb[]) AS l (line)
