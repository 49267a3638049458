-- Each attempt of a dead letter found what the log has at that version, which is not what it
-- expected, or nothing and says why; and one at least met a conflict.
WITH attempt AS (
    SELECT
        d.id,
        d.guild_id,
        d.user_id,
        t.attempt AS fields,
        (t.attempt ->> 'found_version')::bigint AS found_version,
        t.attempt ->> 'found_state' AS found_state,
        t.attempt ->> 'why' AS why,
        coalesce(t.attempt ->> 'expected_state' <> t.attempt ->> 'found_state', false)
            OR coalesce(t.attempt ->> 'expected_version' <> t.attempt ->> 'found_version', false)
            AS met_conflict
    FROM datadrop.dead_letters AS d
    CROSS JOIN jsonb_array_elements(d.attempts) AS t (attempt)
),
looked_at AS (
    SELECT CASE
        WHEN x.why IS NOT NULL
            AND (x.why = '' OR x.found_state IS NOT NULL OR x.found_version IS NOT NULL)
            THEN format('%s: an attempt without an answer found %s', x.id, x.fields)
        WHEN x.why IS NULL AND (
            x.found_state IS DISTINCT FROM coalesce(e.to_state, 'None')
            OR (e.version IS NULL AND x.found_version IS DISTINCT FROM 0))
            THEN format('%s: an attempt found %s, the log has %s', x.id, x.fields, e.to_state)
        WHEN x.why IS NULL AND NOT x.met_conflict
            THEN format('%s: an attempt found what it expected %s', x.id, x.fields)
        WHEN NOT bool_or(x.met_conflict) OVER (PARTITION BY x.id)
            THEN format('%s: no attempt met a conflict, not even %s', x.id, x.fields)
    END AS difference
    FROM attempt AS x
    LEFT JOIN pg_temp.trail AS e
        ON (e.guild_id, e.user_id, e.version) = (x.guild_id, x.user_id, x.found_version)
)
SELECT
    count(*),
    count(l.difference),
    coalesce(array_to_string(
        (array_agg(l.difference) FILTER (WHERE l.difference IS NOT NULL))[1:3], E'\n'), '')
FROM looked_at AS l
