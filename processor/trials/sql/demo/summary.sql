-- What was sent and what came of it, a row a door and one for both.
SELECT
    coalesce(a.door, 'together'),
    count(*),
    count(*) FILTER (WHERE a.ended = 'accepted' AND a.outcome ->> 'replayed' = 'false'),
    count(*) FILTER (WHERE a.outcome ->> 'replayed' = 'true'),
    count(*) FILTER (WHERE a.ended = 'rejected'),
    count(*) FILTER (WHERE a.ended = 'conflict'),
    count(*) FILTER (WHERE a.ended = 'dead_lettered' AND a.outcome ->> 'replayed' = 'false'),
    coalesce(sum((a.outcome ->> 'attempts')::bigint - 1)
        FILTER (WHERE a.outcome ->> 'replayed' IS DISTINCT FROM 'true'), 0),
    count(*) * 1000000 / greatest(max(a.sent_at + a.latency) - min(a.sent_at), 1),
    coalesce(percentile_disc(0.50) WITHIN GROUP (ORDER BY a.latency)
        FILTER (WHERE a.ended = 'accepted'), 0),
    coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY a.latency)
        FILTER (WHERE a.ended = 'accepted'), 0),
    coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY a.latency)
        FILTER (WHERE a.ended = 'accepted'), 0)
FROM pg_temp.answers AS a
GROUP BY GROUPING SETS ((a.door), ())
ORDER BY grouping(a.door), a.door DESC
