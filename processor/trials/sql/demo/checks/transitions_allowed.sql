-- Every transition is in the table of rules, its guards included.
WITH looked_at AS (
    SELECT CASE
        WHEN r.event IS NULL
            THEN format('guild %s user %s version %s: %s from %s to %s', t.guild_id, t.user_id,
                t.version, t.event, t.from_state, t.to_state)
        WHEN t.event IN ('VerificationConfirmed', 'VerificationOverridden') AND NOT t.has_email
            THEN format('guild %s user %s version %s: %s without an e-mail', t.guild_id, t.user_id,
                t.version, t.event)
        WHEN t.event = 'VerificationOverridden' AND t.actor IS NULL
            THEN format('guild %s user %s version %s: an override by nobody', t.guild_id,
                t.user_id, t.version)
    END AS difference
    FROM pg_temp.trail AS t
    LEFT JOIN pg_temp.rules AS r
        ON (r.event, r.from_state, r.to_state) = (t.event, t.from_state, t.to_state)
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
