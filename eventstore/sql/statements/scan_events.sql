-- The event at a position ($2), and of the $3 behind it those of a guild ($4, null for all) and of
-- some types ($5, null for all), at most $6 with the first; and the last of the $3, whatever it is,
-- so that a reader knows how far it came.
SELECT e.position, e.kind, e.guild_id, e.user_id, e.version, e.event, e.from_state, e.to_state,
       e.source, e.idempotency_key, e.actor, e.reason, e.correlation_id,
       datadrop.micros(e.occurred_at), datadrop.micros(e.recorded_at), e.dead_letter_id, e.payload
FROM datadrop.events AS e
WHERE e.partition = $1
    AND e.position >= $2
    AND e.position <= (SELECT least($2::bigint + $3::bigint, datadrop.tail_of($1::smallint)))
    AND (
        e.position = $2
        OR e.position = (SELECT least($2::bigint + $3::bigint, datadrop.tail_of($1::smallint)))
        OR e.kind = 0
        AND ($4::bigint IS NULL OR e.guild_id = $4::bigint)
        AND ($5::smallint[] IS NULL OR e.event = ANY ($5::smallint[]))
    )
ORDER BY e.position
LIMIT $6
