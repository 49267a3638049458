-- Who holds an idempotency key of a member: the event that used it, or else the CommandParked event
-- of the dead letter that it waits in, with held_status saying where that stands. No row for a key
-- that nobody holds. held_lifecycle is the member's after the event: old events do not say it, and
-- there the joins (event 0) are counted.
CREATE OR REPLACE FUNCTION datadrop.key_holder(
    _partition smallint,
    _guild     bigint,
    _user      bigint,
    _key       text
) RETURNS TABLE (
    held_at         bigint,
    held_event      smallint,
    held_version    bigint,
    held_state      smallint,
    held_lifecycle  bigint,
    held_payload    bytea,
    held_status     smallint,
    held_submission bigint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off AS $$
DECLARE
    _parked datadrop.parked_keys;
BEGIN
    RETURN QUERY
    SELECT e.position,
           e.event,
           e.version,
           e.to_state,
           coalesce(
               e.lifecycle,
               (SELECT count(*)
                FROM datadrop.events AS j
                WHERE j.partition = _partition AND j.guild_id = _guild AND j.user_id = _user
                  AND j.kind = 0 AND j.version <= e.version AND j.event = 0)),
           e.payload,
           NULL::smallint,
           e.submission
    FROM (
        -- By the order of the only index that can serve it, as append does.
        SELECT k.*
        FROM datadrop.events AS k
        WHERE k.partition = _partition AND k.guild_id = _guild AND k.user_id = _user
          AND k.idempotency_key >= _key
        ORDER BY k.idempotency_key
        LIMIT 1) AS e
    WHERE e.idempotency_key = _key;
    IF FOUND THEN RETURN; END IF;

    SELECT * INTO _parked
    FROM datadrop.parked_keys AS p
    WHERE p.partition = _partition AND p.guild_id = _guild AND p.user_id = _user
      AND p.idempotency_key = _key;
    RETURN QUERY
    SELECT e.position,
           e.event,
           e.version,
           e.to_state,
           NULL::bigint,
           e.payload,
           _parked.status,
           e.submission
    FROM datadrop.events AS e
    WHERE e.partition = _partition AND e.position = _parked.dead_letter_id;
END
$$;
