-- What a rejection or a conflict names was so at some moment while the command was under way: the
-- next version, if any, came after the sending. Events are dated while the log's tail is held. The
-- database's clock is the client's when they talk over a unix socket.
WITH looked_at AS (
    SELECT CASE
        WHEN next.recorded_at < timestamptz 'epoch' + a.sent_at * interval '1 microsecond'
            THEN format('%s was told version %s, which was over %s before it was sent', a.key,
                a.outcome ->> 'version',
                timestamptz 'epoch' + a.sent_at * interval '1 microsecond' - next.recorded_at)
    END AS difference
    FROM pg_temp.answers AS a
    LEFT JOIN pg_temp.trail AS next
        ON (next.guild_id, next.user_id, next.version) = (
            a.guild_id, a.user_id, (a.outcome ->> 'version')::bigint + 1)
    WHERE a.ended IN ('rejected', 'conflict')
        AND inet_server_addr() IS NULL
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
