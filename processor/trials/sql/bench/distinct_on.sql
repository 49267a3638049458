-- The projection by one statement, as far as the last event alone says it: what takes a fold, the
-- lifecycle and whether an address is on record, this statement is let off.
INSERT INTO public.bench_membership
    (partition, guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
SELECT l.partition, l.guild_id, l.user_id, datadrop.state_name(l.to_state), l.version, 1, false,
    l.recorded_at, l.position
FROM (
    SELECT DISTINCT ON (e.partition, e.guild_id, e.user_id)
        e.partition, e.guild_id, e.user_id, e.to_state, e.version, e.recorded_at, e.position
    FROM datadrop.events AS e
    WHERE e.kind = 0
    ORDER BY e.partition, e.guild_id, e.user_id, e.position DESC
) AS l
