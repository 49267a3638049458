-- Writes chains of events, each whole or not at all, at the tail of a partition.
--
-- Arguments: the chains; their steps, ordered by chain and within it, and how many of them have an
-- event; arrays of the addresses to keep (null: to erase) for chains that are written. _redriven: the
-- dead letter whose parked key does not stand in the way.
--
-- Answer: a row for each chain that is not appended, or a row for each of its steps whose key was
-- found used or parked; and a last row with chain 0 and the position of the first event that was
-- written, behind which those of all chains appended stand in order.
-- fate: 0 appended, 1 confirmed (nothing to write), 2 conflict, 3 key found; keys come first.
-- held_status is null for a key that is used, and for one that is parked held_at is the dead letter.
--
-- The tail is moved for all events first, which is one statement less than locking it for those that
-- pass, and moved back when there are fewer.
--
-- Whatever the planner believes about a table that is empty or was never analysed, a plan made early
-- is kept for long: each look-up is by the whole key of an index, and the one join with a table is a
-- loop over its primary key. The session says so (prepare_log_session.sql), since settings of the
-- function's own cost as much as a statement. What a batch seldom needs has a statement of its own
-- that is not begun for the others.
CREATE OR REPLACE FUNCTION datadrop.append(
    _partition      smallint,
    _chains         datadrop.append_chain[],
    _steps          datadrop.append_step[],
    _events         bigint,
    _address_chains integer[],
    _addresses      text[],
    _redriven       bigint DEFAULT NULL
) RETURNS TABLE (
    chain           integer,
    fate            smallint,
    found_version   bigint,
    found_state     smallint,
    found_has_email boolean,
    found_lifecycle bigint,
    first_position  bigint,
    step            integer,
    held_at         bigint,
    held_event      smallint,
    held_version    bigint,
    held_state      smallint,
    held_payload    bytea,
    held_status     smallint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    _tail    bigint := datadrop.lock_tail(_partition, _events);
    _now     timestamptz := clock_timestamp();
    _held    integer[];         -- steps whose key was found
    _refused integer[] := '{}'; -- chains that are not written
    _moved   integer[];         -- chains whose head has moved, or begun
    _written bigint;
BEGIN
    first_position := (_partition::bigint << 48) + _tail + 1;

    SELECT array_agg(s.number) INTO _held
    FROM (SELECT k.number,
                 (SELECT e.position FROM datadrop.events AS e
                  WHERE e.partition = _partition AND e.guild_id = k.guild_id
                    AND e.user_id = k.user_id AND e.idempotency_key = k.key
                  LIMIT 1) AS used_at,
                 (SELECT p.dead_letter_id FROM datadrop.parked_keys AS p
                  WHERE p.partition = _partition AND p.guild_id = k.guild_id
                    AND p.user_id = k.user_id AND p.idempotency_key = k.key
                    AND (p.dead_letter_id = _redriven AND p.status = 0) IS NOT TRUE
                  LIMIT 1) AS parked_as
          FROM unnest(_steps) AS k) AS s
    WHERE s.used_at IS NOT NULL OR s.parked_as IS NOT NULL;
    IF _held IS NOT NULL THEN
        _refused := ARRAY(SELECT DISTINCT (_steps[h.number]).chain FROM unnest(_held) AS h (number));
    END IF;

    WITH moved AS (
        UPDATE datadrop.heads AS h
        SET version = c.after_version,
            state = c.after_state,
            has_email = c.after_has_email,
            lifecycle = c.after_lifecycle
        FROM unnest(_chains) AS c
        WHERE h.partition = _partition AND h.guild_id = c.guild_id AND h.user_id = c.user_id
          AND h.version = c.expected_version AND h.state = c.expected_state
          AND c.after_version > c.expected_version AND c.number <> ALL (_refused)
        RETURNING c.number
    )
    SELECT array_agg(m.number) INTO _moved FROM moved AS m;

    IF coalesce(cardinality(_moved), 0) < cardinality(_chains) THEN
        WITH joined AS (
            INSERT INTO datadrop.heads AS h (
                partition, guild_id, user_id, version, state, has_email, lifecycle)
            SELECT _partition, c.guild_id, c.user_id, c.after_version, c.after_state,
                   c.after_has_email, c.after_lifecycle
            FROM unnest(_chains) AS c
            WHERE c.expected_version = 0 AND c.expected_state = 0 AND c.after_version > 0
              AND c.number <> ALL (_refused)
            ON CONFLICT (partition, guild_id, user_id) DO NOTHING
            RETURNING h.guild_id, h.user_id
        )
        SELECT _moved || array_agg(c.number) INTO _moved
        FROM joined AS j
        JOIN unnest(_chains) AS c ON c.guild_id = j.guild_id AND c.user_id = j.user_id;
    END IF;

    IF coalesce(cardinality(_moved), 0) < cardinality(_chains) THEN
        _refused := ARRAY(SELECT c.number FROM unnest(_chains) AS c
                          WHERE (c.number = ANY (_moved)) IS NOT TRUE);
        RETURN QUERY
        SELECT c.number,
               CASE WHEN k.step IS NOT NULL THEN 3
                    WHEN coalesce((c.head).version, 0) = c.expected_version
                         AND coalesce((c.head).state, 0) = c.expected_state THEN 1
                    ELSE 2 END::smallint,
               coalesce((c.head).version, 0),
               coalesce((c.head).state, 0::smallint),
               coalesce((c.head).has_email, false),
               coalesce((c.head).lifecycle, 0),
               NULL::bigint,
               k.step,
               k.held_at,
               k.held_event,
               k.held_version,
               k.held_state,
               k.held_payload,
               k.held_status
        FROM (SELECT r.number, r.expected_version, r.expected_state,
                     (SELECT h FROM datadrop.heads AS h
                      WHERE h.partition = _partition AND h.guild_id = r.guild_id
                        AND h.user_id = r.user_id
                      LIMIT 1) AS head
              FROM unnest(_chains) AS r
              WHERE r.number = ANY (_refused)) AS c
        LEFT JOIN (SELECT s.chain, s.number_in_chain AS step, holder.*
                   FROM unnest(_held) AS h (number),
                        LATERAL (SELECT (_steps[h.number]).*) AS s,
                        LATERAL datadrop.key_holder(
                            _partition, s.guild_id, s.user_id, s.key) AS holder
                  ) AS k ON k.chain = c.number
        ORDER BY c.number, k.step;
    END IF;

    INSERT INTO datadrop.events (
        partition, position, kind, guild_id, user_id, version, event, from_state, to_state, source,
        idempotency_key, actor, reason, correlation_id, occurred_at, recorded_at, payload)
    SELECT _partition, first_position - 1 + row_number() OVER (), 0, s.guild_id, s.user_id, s.version,
           s.event, s.from_state, s.to_state, s.source, s.key, s.actor, s.reason, s.correlation_id,
           s.occurred_at, _now, s.payload
    FROM unnest(_steps) AS s
    WHERE s.event IS NOT NULL AND s.chain <> ALL (_refused);
    GET DIAGNOSTICS _written = ROW_COUNT;

    IF _written <> _events THEN
        UPDATE datadrop.tails AS t
        SET sequence = _tail + _written
        WHERE t.partition = _partition;
    END IF;

    IF cardinality(_address_chains) > 0 THEN
        INSERT INTO datadrop.addresses (partition, guild_id, user_id, address)
        SELECT _partition, (_chains[a.chain]).guild_id, (_chains[a.chain]).user_id, a.address
        FROM unnest(_address_chains, _addresses) AS a (chain, address)
        WHERE a.chain <> ALL (_refused)
        ON CONFLICT (partition, guild_id, user_id, dead_letter_id) DO UPDATE
        SET address = EXCLUDED.address;
    END IF;

    chain := 0;
    fate := 0;
    RETURN NEXT;
END
$$;
