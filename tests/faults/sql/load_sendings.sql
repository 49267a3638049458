-- Lines of a journal of sendings.
INSERT INTO pg_temp.sendings (
    submission, client, sent_at, answered_at, abandoned, status, guild_id, user_id, key, outcome,
    ended)
SELECT
    (l.line ->> 'submission')::bigint,
    l.line ->> 'client',
    (l.line ->> 'sent_at')::bigint,
    (l.line ->> 'answered_at')::bigint,
    (l.line ->> 'abandoned')::boolean,
    (l.line ->> 'status')::bigint,
    (l.line -> 'command' ->> 'guild_id')::bigint,
    (l.line -> 'command' ->> 'user_id')::bigint,
    l.line -> 'command' ->> 'idempotency_key',
    l.line -> 'outcome',
    l.line -> 'outcome' ->> 'outcome'
FROM unnest($1::jsonb[]) AS l (line)
