-- Since this version an attempt tells which of its expectations were stated, and which event of the
-- member had won, in the table as the API shows it. What an event does not say is derived here for
-- those of before: the command as received says what was stated on the attempts that parked it, and
-- nobody can tell any more what an operator's redrive had replaced (null).
DO $$
DECLARE
    _letter   record;
    _attempts jsonb;
    _events   jsonb;
BEGIN
    FOR _letter IN
        SELECT d.partition, d.id, d.guild_id, d.user_id, d.command, d.attempts, d.events
        FROM datadrop.dead_letters AS d
    LOOP
        WITH told AS (
            SELECT
                t.number AS list, -- 0: of the letter itself, else of an operator's act
                a.number,
                a.attempt,
                CASE WHEN t.number = 0 THEN
                    (SELECT coalesce(jsonb_agg(n.name ORDER BY n.number), '[]')
                     FROM (VALUES
                        (1, 'expected_state', true),
                        (2, 'expected_version',
                         (a.attempt ->> 'number')::bigint = 1
                         OR _letter.command ->> 'on_conflict' = 'fail')) AS n (number, name, holds)
                     WHERE n.holds AND _letter.command ? n.name)
                END AS stated,
                (
                    SELECT jsonb_build_object(
                        'version', e.version,
                        'event', (ARRAY[
                            'MemberJoined', 'OnboardingBegun', 'OnboardingCompleted',
                            'EligibilityGranted', 'EligibilityRejected', 'RulesAccepted',
                            'VerificationRequested', 'EmailRecorded', 'VerificationConfirmed',
                            'VerificationOverridden', 'ReverificationRequired',
                            'VerificationExpired', 'MemberKicked', 'MemberLeft', 'MemberBanned',
                            'BanLifted'])[e.event + 1],
                        'source', (ARRAY['bot', 'api', 'operator', 'system'])[e.source + 1],
                        'actor', e.actor,
                        'at', to_char(e.recorded_at AT TIME ZONE 'UTC',
                                      'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
                    FROM datadrop.events AS e
                    WHERE e.partition = _letter.partition
                        AND e.guild_id = _letter.guild_id
                        AND e.user_id = _letter.user_id
                        AND e.kind = 0
                        AND e.version = (a.attempt ->> 'found_version')::bigint
                    LIMIT 1
                ) AS winner
            FROM (
                SELECT 0::bigint, _letter.attempts
                UNION ALL
                SELECT o.number, o.event -> 'attempts'
                FROM jsonb_array_elements(_letter.events) WITH ORDINALITY AS o (event, number)
                WHERE o.event ? 'attempts'
            ) AS t (number, attempts),
            jsonb_array_elements(t.attempts) WITH ORDINALITY AS a (attempt, number)
        ),
        lists AS (
            SELECT
                t.list,
                jsonb_agg(
                    t.attempt || jsonb_build_object('stated', t.stated, 'winner', t.winner)
                    ORDER BY t.number) AS attempts
            FROM told AS t
            GROUP BY t.list
        )
        SELECT
            coalesce((SELECT l.attempts FROM lists AS l WHERE l.list = 0), _letter.attempts),
            coalesce(
                (
                    SELECT jsonb_agg(
                        CASE WHEN l.list IS NULL THEN o.event
                        ELSE jsonb_set(o.event, '{attempts}', l.attempts) END
                        ORDER BY o.number)
                    FROM jsonb_array_elements(_letter.events) WITH ORDINALITY AS o (event, number)
                    LEFT JOIN lists AS l
                        ON l.list = o.number
                ),
                '[]')
        INTO _attempts, _events;
        UPDATE datadrop.dead_letters AS d
        SET attempts = _attempts,
            events = _events
        WHERE d.partition = _letter.partition AND d.id = _letter.id;
    END LOOP;
END
$$;

-- Their arguments change.
DROP FUNCTION IF EXISTS datadrop.redrive(
    smallint, datadrop.append_chain[], datadrop.append_step[], integer[], text[], bigint, smallint,
    text, text, bytea);
DROP FUNCTION IF EXISTS datadrop.remediate(
    smallint, bigint, smallint, smallint, smallint, text, text, bytea);
