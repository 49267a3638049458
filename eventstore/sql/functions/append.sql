-- Writes chains of events, each whole or not at all, at the tail of a partition.
--
-- Arguments: the history and the tail that the caller expects (null: none); of an append of the
-- caller's that was sent ahead of this one, and whose answer has not come yet, how many events it
-- writes behind that tail if it goes as planned, and the submissions of the first and the last of
-- them (null: none is ahead); whether anything is to be looked up although the tail is the expected
-- one: some chain is not exact, or some step has no event; the chains; their steps, ordered by
-- chain and within it; arrays of the addresses to keep (null: to erase) for chains that are
-- written. _redriven: the dead letter whose parked key does not stand in the way.
--
-- Answer: a row for each chain that is refused, or a row for each of its steps whose key was found
-- used or parked; a row for each chain that was looked up and whose member has a key that is parked
-- or discarded; a row for each member of whom others have written something since the expected
-- tail, and one for each of whose dead letters they have; and a last row, with the position of the
-- first event that was written, behind which those of all other chains stand in order.
-- fate: 0 the last row, 2 conflict, 3 key found, 4 has parked keys, 5 a member's head now, 6 a
-- member's dead letter; keys come before conflicts.
-- held_status is null for a key that is used, and for one that is parked held_at is the dead
-- letter.
-- since, in the last row: 0 nobody has written since, 1 the rows 5 and 6 tell who, 2 not known.
--
-- The tail guard: whatever is written moves the tail. So while it is the expected one, an exact
-- chain is written without a look-up; otherwise those of members who moved since are looked up, by
-- position, unless that is too far back, or in another history: then all are. The events of an
-- append stand together, so the one ahead went as planned if its first and its last event are in
-- their places. Otherwise it is as if others had written what it did write.
--
-- The partition's lock and tail, and what the end of the transaction waits for, are as in
-- lock_tail, whose call would cost as much as a statement. What each statement sees after that is
-- what stands under the lock, which needs a snapshot a statement: read committed.
--
-- That the key of an event is new is left to the unique index, which looks anyway: only those of
-- checks and of chains with another head are looked up first. When the index objects, or such a key
-- is found, all are looked up (_thorough), and what remains is written after that.
--
-- Whatever the planner believes about a table that is empty or was never analysed, a plan made
-- early is kept for long: each look-up is a subquery by the order of an index, a key as the first
-- that is not less, since for an equal one another index, a level lower for a while, would do.
-- The session says so (prepare_log_session.sql), since settings of the function's own cost as much
-- as a statement. What a batch seldom needs has a statement of its own that is not begun
-- for the others.
CREATE OR REPLACE FUNCTION datadrop.append(
    _partition      smallint,
    _history        bigint,
    _expected_tail  bigint,
    _ahead_events   bigint,
    _ahead_first    bigint,
    _ahead_last     bigint,
    _looks          boolean,
    _chains         datadrop.append_chain[],
    _steps          datadrop.append_step[],
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
    held_lifecycle  bigint,
    held_payload    bytea,
    held_status     smallint,
    held_submission bigint,
    moved_guild     bigint,
    moved_user      bigint,
    history         bigint,
    since           smallint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    _tail     bigint;
    _now      timestamptz;
    _moved    bigint[] := '{}';  -- users of whom others have written something since
    _thorough boolean := false;
    _held     integer[];         -- steps whose key was found
    _stale    integer[];         -- chains whose member has another head
    _parked   integer[];         -- chains whose member has a key that is parked or discarded
    _refused  integer[] := '{}'; -- chains that are not written, for either reason
    _written  bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the log is written under read committed only, not under %',
            current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF current_setting('synchronous_commit') IN ('off', 'local') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    -- As text it is an expression: a statement, PERFORM, would take 5 us for what takes none.
    IF pg_advisory_xact_lock(1952541036, _partition)::text IS NOT NULL THEN
        SELECT e.position INTO _tail
        FROM datadrop.events AS e
        WHERE e.partition = _partition
        ORDER BY e.position DESC
        LIMIT 1;
    END IF;
    _tail := coalesce(_tail, datadrop.tail_of(_partition));
    IF _tail IS NULL THEN
        RAISE EXCEPTION 'there is no partition %', _partition
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    _now := clock_timestamp();
    first_position := _tail + 1;

    IF _ahead_events > 0
        AND (SELECT e.submission = _ahead_first
             FROM datadrop.events AS e
             WHERE e.partition = _partition AND e.position = _expected_tail + 1)
        AND (SELECT e.submission = _ahead_last
             FROM datadrop.events AS e
             WHERE e.partition = _partition AND e.position = _expected_tail + _ahead_events)
    THEN
        _expected_tail := _expected_tail + _ahead_events;
    END IF;

    history := datadrop.log_history();
    since := CASE
        WHEN _history = history AND _expected_tail = _tail THEN 0
        WHEN _history = history AND _expected_tail BETWEEN _tail - 1000 AND _tail THEN 1
        ELSE 2
    END;
    IF since = 1 THEN
        SELECT array_agg(e.user_id) INTO _moved
        FROM datadrop.events AS e
        WHERE e.partition = _partition AND e.position > _expected_tail;
    END IF;

    LOOP
        IF _looks OR since > 0 OR _thorough THEN
            SELECT found.stale, found.parked, held.steps
            FROM (
                SELECT array_agg(l.number) FILTER (WHERE l.is_stale) AS stale,
                       array_agg(l.number) FILTER (WHERE l.has_parked) AS parked
                FROM (
                    SELECT c.number,
                           coalesce(
                               (SELECT e.version <> c.expected_version
                                       OR e.to_state <> c.expected_state
                                       OR e.has_email <> c.expected_has_email
                                       OR e.lifecycle <> c.expected_lifecycle
                                FROM datadrop.events AS e
                                WHERE e.partition = _partition AND e.guild_id = c.guild_id
                                  AND e.user_id = c.user_id AND e.kind = 0
                                ORDER BY e.version DESC
                                LIMIT 1),
                               c.expected_version <> 0 OR c.expected_state <> 0) AS is_stale,
                           (SELECT p.dead_letter_id
                            FROM datadrop.parked_keys AS p
                            WHERE p.partition = _partition AND p.guild_id = c.guild_id
                              AND p.user_id = c.user_id AND p.status <> 1
                            LIMIT 1) IS NOT NULL AS has_parked
                    FROM unnest(_chains) AS c
                    WHERE NOT c.exact OR since = 2 OR _thorough OR c.user_id = ANY (_moved)) AS l
                ) AS found,
            LATERAL (
                SELECT array_agg(s.number) AS steps
                FROM unnest(_steps) AS s
                -- Null in front of an AND would have the rest looked up, too: no chain is not null.
                WHERE (_thorough OR s.event IS NULL OR s.chain = ANY (coalesce(found.stale, '{}')))
                  AND (SELECT e.idempotency_key = s.key FROM datadrop.events AS e
                       WHERE e.partition = _partition AND e.guild_id = s.guild_id
                         AND e.user_id = s.user_id AND e.idempotency_key >= s.key
                       ORDER BY e.idempotency_key
                       LIMIT 1)
                   OR s.chain = ANY (coalesce(found.parked, '{}'))
                  AND (SELECT p.dead_letter_id FROM datadrop.parked_keys AS p
                       WHERE p.partition = _partition AND p.guild_id = s.guild_id
                         AND p.user_id = s.user_id AND p.idempotency_key = s.key
                         AND (p.dead_letter_id = _redriven AND p.status = 0) IS NOT TRUE
                       LIMIT 1) IS NOT NULL) AS held
            INTO _stale, _parked, _held;
        END IF;

        IF _held IS NOT NULL AND NOT _thorough THEN
            _thorough := true;
            CONTINUE;
        END IF;
        IF _held IS NOT NULL OR _stale IS NOT NULL THEN
            _refused := _stale || ARRAY(SELECT s.chain FROM unnest(_steps) AS s
                                        WHERE s.number = ANY (_held));
        END IF;

        BEGIN
            INSERT INTO datadrop.events (
                partition, position, kind, guild_id, user_id, version, event, from_state, to_state,
                source, idempotency_key, actor, reason, correlation_id, occurred_at, recorded_at,
                payload, has_email, lifecycle, submission)
            SELECT _partition, first_position - 1 + row_number() OVER (), 0, s.guild_id, s.user_id,
                   s.version, s.event, s.from_state, s.to_state, s.source, s.key, s.actor,
                   s.reason, s.correlation_id, s.occurred_at, _now, s.payload, s.has_email,
                   s.lifecycle, s.submission
            FROM unnest(_steps) AS s
            WHERE s.event IS NOT NULL AND s.chain <> ALL (_refused);
            GET DIAGNOSTICS _written = ROW_COUNT;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            IF _thorough THEN RAISE; END IF;
            _thorough := true;
        END;
    END LOOP;

    IF cardinality(_refused) > 0 THEN
        RETURN QUERY
        SELECT c.number,
               CASE WHEN k.number IS NULL THEN 2 ELSE 3 END::smallint,
               coalesce(h.version, 0),
               coalesce(h.to_state, 0::smallint),
               coalesce(h.has_email, false),
               coalesce(h.lifecycle, 0),
               NULL::bigint,
               k.number,
               k.held_at,
               k.held_event,
               k.held_version,
               k.held_state,
               k.held_lifecycle,
               k.held_payload,
               k.held_status,
               k.held_submission,
               NULL::bigint,
               NULL::bigint,
               NULL::bigint,
               NULL::smallint
        FROM unnest(_chains) AS c
        LEFT JOIN LATERAL (
            SELECT e.version, e.to_state, e.has_email, e.lifecycle
            FROM datadrop.events AS e
            WHERE e.partition = _partition AND e.guild_id = c.guild_id AND e.user_id = c.user_id
              AND e.kind = 0
            ORDER BY e.version DESC
            LIMIT 1) AS h ON true
        LEFT JOIN (
            SELECT s.chain, s.number, holder.*
            FROM unnest(_steps) AS s,
                 LATERAL datadrop.key_holder(_partition, s.guild_id, s.user_id, s.key) AS holder
            WHERE s.number = ANY (_held)) AS k ON k.chain = c.number
        WHERE c.number = ANY (_refused)
        ORDER BY c.number, k.number;
    END IF;

    IF _written = 0 THEN
        PERFORM pg_logical_emit_message(true, 'datadrop', '');
    END IF;

    IF cardinality(_address_chains) > 0 THEN
        INSERT INTO datadrop.addresses (partition, guild_id, user_id, address)
        SELECT _partition, (_chains[a.chain]).guild_id, (_chains[a.chain]).user_id, a.address
        FROM unnest(_address_chains, _addresses) AS a (chain, address)
        WHERE a.chain <> ALL (_refused)
        ON CONFLICT (partition, guild_id, user_id, dead_letter_id) DO UPDATE
        SET address = EXCLUDED.address;
    END IF;

    IF since = 1 THEN
        RETURN QUERY
        SELECT DISTINCT ON (e.user_id, e.guild_id, e.kind)
               NULL::integer,
               (5 + e.kind)::smallint,
               e.version,
               e.to_state,
               e.has_email,
               e.lifecycle,
               NULL::bigint,
               NULL::integer,
               NULL::bigint,
               NULL::smallint,
               NULL::bigint,
               NULL::smallint,
               NULL::bigint,
               NULL::bytea,
               NULL::smallint,
               NULL::bigint,
               e.guild_id,
               e.user_id,
               NULL::bigint,
               NULL::smallint
        FROM datadrop.events AS e
        WHERE e.partition = _partition AND e.position BETWEEN _expected_tail + 1 AND _tail
        ORDER BY e.user_id, e.guild_id, e.kind, e.position DESC;
    END IF;

    IF _parked IS NOT NULL THEN
        fate := 4;
        FOREACH chain IN ARRAY _parked LOOP
            RETURN NEXT;
        END LOOP;
    END IF;

    chain := 0;
    fate := 0;
    RETURN NEXT;
END
$$;
