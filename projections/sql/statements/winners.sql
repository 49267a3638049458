-- The events of members at the versions asked for. One look-up each, as in members_by_id.sql.
SELECT
    wanted.guild_id,
    wanted.user_id,
    wanted.version,
    won.event,
    won.source,
    won.actor,
    datadrop.micros(won.recorded_at)
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS wanted (guild_id, user_id, version),
    LATERAL (
        SELECT
            e.event,
            e.source,
            e.actor,
            e.recorded_at
        FROM datadrop.events AS e
        WHERE e.partition = $1::smallint
            AND e.guild_id = wanted.guild_id
            AND e.user_id = wanted.user_id
            AND e.kind = 0
            AND e.version = wanted.version
        LIMIT 1
    ) AS won
