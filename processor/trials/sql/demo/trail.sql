-- The audit trail with what each member's own history says of the lifecycle and the e-mail: a new
-- lifecycle starts without one. Whether RequestVerification brought one is known from the command.
CREATE INDEX ON pg_temp.answers (guild_id, user_id, key);
ANALYZE pg_temp.answers;

CREATE TEMPORARY TABLE trail AS
SELECT
    t.*,
    bool_or(t.brings_email) OVER (
        PARTITION BY t.guild_id, t.user_id, t.lifecycle ORDER BY t.version) AS has_email
FROM (
    SELECT
        e.*,
        count(*) FILTER (WHERE e.event = 'MemberJoined') OVER (
            PARTITION BY e.guild_id, e.user_id ORDER BY e.version) AS lifecycle,
        e.event = 'EmailRecorded' OR EXISTS (
            SELECT
            FROM pg_temp.answers AS a
            WHERE a.guild_id = e.guild_id
                AND a.user_id = e.user_id
                AND a.key = e.idempotency_key
                AND e.event = 'VerificationRequested'
                AND a.command -> 'payload' ? 'email') AS brings_email
    FROM datadrop.membership_events AS e
) AS t;

CREATE INDEX ON pg_temp.trail (guild_id, user_id, version);
CREATE INDEX ON pg_temp.trail (guild_id, user_id, idempotency_key);
ANALYZE pg_temp.trail;

-- What operators made of dead letters, by the log; one that is not here is parked.
CREATE TEMPORARY TABLE closed AS
SELECT
    e.dead_letter_id AS id,
    CASE WHEN n.name = 'CommandRedriven' THEN 'redriven' ELSE 'discarded' END AS status
FROM datadrop.events AS e
CROSS JOIN LATERAL datadrop.dead_letter_event_name(e.event) AS n (name)
WHERE e.kind = 1 AND n.name IN ('CommandRedriven', 'CommandDiscarded');

-- The parked keys that an operator had written.
CREATE TEMPORARY TABLE redriven AS
SELECT
    d.guild_id,
    d.user_id,
    d.command ->> 'idempotency_key' AS key
FROM datadrop.dead_letters AS d
JOIN pg_temp.closed AS c USING (id)
WHERE c.status = 'redriven';
