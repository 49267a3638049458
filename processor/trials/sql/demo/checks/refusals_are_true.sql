-- A rejection or a conflict names a state and a version that the member had, and holds against
-- the rules there.
WITH refusal AS (
    SELECT
        a.*,
        a.command ->> 'command' AS asked,
        a.outcome ->> 'state' AS state,
        (a.outcome ->> 'version')::bigint AS version,
        a.outcome ->> 'code' AS code,
        coalesce(t.to_state, 'None') AS state_then,
        coalesce(t.has_email, false) AS has_email,
        coalesce(t.lifecycle, 0) AS lifecycle
    FROM pg_temp.answers AS a
    LEFT JOIN pg_temp.trail AS t
        ON (t.guild_id, t.user_id, t.version)
            = (a.guild_id, a.user_id, (a.outcome ->> 'version')::bigint)
    WHERE a.ended IN ('rejected', 'conflict')
),
looked_at AS (
    SELECT CASE
        WHEN r.state IS DISTINCT FROM r.state_then
            THEN format('%s was told %s at version %s, it was %s', r.key, r.state, r.version,
                r.state_then)
        WHEN (r.outcome ->> 'lifecycle')::bigint IS DISTINCT FROM r.lifecycle
            THEN format('%s was told %s in lifecycle %s', r.key, r.outcome, r.lifecycle)
        WHEN (r.code = 'lifecycle_over') IS DISTINCT FROM
            (coalesce((r.command ->> 'expected_lifecycle')::bigint, r.lifecycle) <> r.lifecycle)
            THEN format('%s of %s was told %s in lifecycle %s', r.command, r.key, r.outcome,
                r.lifecycle)
        WHEN r.code = 'lifecycle_over' AND r.ended = 'rejected'
            THEN NULL
        WHEN r.ended = 'conflict' AND r.command ->> 'on_conflict' IS DISTINCT FROM 'fail'
            THEN format('%s did not ask to fail, and was told %s', r.key, r.outcome)
        WHEN r.ended = 'conflict'
            AND coalesce(r.command ->> 'expected_state', r.state) = r.state
            AND coalesce((r.command ->> 'expected_version')::bigint, r.version) = r.version
            THEN format('%s expected what was there, and was told %s', r.key, r.outcome)
        WHEN r.ended = 'conflict' AND r.code = 'stale_expectation'
            THEN NULL
        WHEN r.ended = 'rejected' AND r.state <> coalesce(r.command ->> 'expected_state', r.state)
            THEN format('%s was judged in %s against its expectation', r.key, r.state)
        WHEN r.code = 'transition_not_allowed'
            AND NOT EXISTS (
                SELECT
                FROM pg_temp.rules AS a
                WHERE (a.command, a.from_state) = (r.asked, r.state))
            THEN NULL
        WHEN r.code = 'email_missing'
            AND r.asked IN ('ConfirmVerification', 'OverrideVerification')
            AND r.state = 'VerificationPending' AND NOT r.has_email
            THEN NULL
        WHEN r.code = 'actor_required'
            AND r.asked = 'OverrideVerification'
            AND r.state = 'VerificationPending' AND r.has_email AND NOT r.command ? 'actor'
            THEN NULL
        ELSE format('%s of %s was told %s', r.asked, r.key, r.outcome)
    END AS difference
    FROM refusal AS r
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
