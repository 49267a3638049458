-- Writes chains of events, each whole or not at all, at the tail of a partition.
--
-- Arguments: arrays with an element a chain; arrays with an element a step, ordered by their chain
-- (a number from 1) and within it, a null event being a step that is only checked; arrays of the
-- addresses to keep (null: to erase) for chains that are written. _redriven: the dead letter whose
-- parked key does not stand in the way.
--
-- Answer: a row a chain, or a row for each of its steps whose key was found used or parked.
-- fate: 0 appended, 1 confirmed (nothing to write), 2 conflict, 3 key found; keys come first.
-- held_status is null for a key that is used, and for one that is parked held_at is the dead letter.
--
-- Look-ups are scalar subqueries with LIMIT 1, and whatever the planner believes about a table that
-- is empty or was never analysed, sequential scans are off: a plan made early is kept for long.
-- Without nested loops joins are those of the batch with itself, by hashing.
CREATE OR REPLACE FUNCTION datadrop.append(
    _partition         smallint,
    _guilds            bigint[],
    _users             bigint[],
    _expected_versions bigint[],
    _expected_states   smallint[],
    _after_states      smallint[],
    _after_has_email   boolean[],
    _after_lifecycles  bigint[],
    _chains            integer[],
    _keys              text[],
    _events            smallint[],
    _from_states       smallint[],
    _to_states         smallint[],
    _sources           smallint[],
    _actors            text[],
    _reasons           text[],
    _correlation_ids   text[],
    _occurred_at       bigint[],
    _payloads          bytea[],
    _address_chains    integer[],
    _addresses         text[],
    _redriven          bigint DEFAULT NULL
) RETURNS TABLE (
    chain           bigint,
    fate            smallint,
    found_version   bigint,
    found_state     smallint,
    found_has_email boolean,
    found_lifecycle bigint,
    first_position  bigint,
    step            bigint,
    held_at         bigint,
    held_event      smallint,
    held_version    bigint,
    held_state      smallint,
    held_payload    bytea,
    held_status     smallint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_nestloop = off
SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    _tail bigint := datadrop.lock_tail(_partition);
    _base bigint := _partition::bigint << 48;
    _now  timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH chain AS MATERIALIZED (
        SELECT c.*,
               (SELECT h FROM datadrop.heads AS h
                WHERE h.partition = _partition AND h.guild_id = c.guild_id AND h.user_id = c.user_id
                LIMIT 1) AS head
        FROM unnest(_guilds, _users, _expected_versions, _expected_states, _after_states,
                    _after_has_email, _after_lifecycles) WITH ORDINALITY
            AS c (guild_id, user_id, expected_version, expected_state, after_state,
                  after_has_email, after_lifecycle, number)
    ),
    step AS MATERIALIZED (
        SELECT s.*,
               (SELECT e.position FROM datadrop.events AS e
                WHERE e.partition = _partition AND e.guild_id = _guilds[s.chain]
                  AND e.user_id = _users[s.chain] AND e.idempotency_key = s.key
                LIMIT 1) AS used_at,
               (SELECT p FROM datadrop.parked_keys AS p
                WHERE p.partition = _partition AND p.guild_id = _guilds[s.chain]
                  AND p.user_id = _users[s.chain] AND p.idempotency_key = s.key
                  AND (p.dead_letter_id = _redriven AND p.status = 0) IS NOT TRUE
                LIMIT 1) AS parked
        FROM unnest(_chains, _keys, _events, _from_states, _to_states, _sources, _actors, _reasons,
                    _correlation_ids, _occurred_at, _payloads) WITH ORDINALITY
            AS s (chain, key, event, from_state, to_state, source, actor, reason,
                  correlation_id, occurred_at, payload, number)
    ),
    sum_of_steps AS (
        SELECT s.chain,
               min(s.number) AS first_step,
               count(s.event) AS events,
               bool_or(coalesce(s.used_at, (s.parked).dead_letter_id) IS NOT NULL) AS key_found
        FROM step AS s
        GROUP BY s.chain
    ),
    judged AS MATERIALIZED (
        SELECT c.*, k.first_step, k.events, k.key_found,
               NOT k.key_found
                   AND coalesce((c.head).version, 0) = c.expected_version
                   AND coalesce((c.head).state, 0) = c.expected_state AS passed
        FROM chain AS c
        JOIN sum_of_steps AS k ON k.chain = c.number
    ),
    written AS MATERIALIZED (
        SELECT j.*,
               _base + _tail + 1 - j.events + sum(j.events) OVER (ORDER BY j.number)::bigint AS first_position
        FROM judged AS j
        WHERE j.passed AND j.events > 0
    ),
    new_events AS (
        INSERT INTO datadrop.events (
            partition, position, kind, guild_id, user_id, version, event, from_state, to_state, source,
            idempotency_key, actor, reason, correlation_id, occurred_at, recorded_at, payload)
        SELECT _partition, w.first_position + s.offset_in_chain, 0, w.guild_id, w.user_id,
               w.expected_version + 1 + s.offset_in_chain, s.event, s.from_state, s.to_state, s.source,
               s.key, s.actor, s.reason, s.correlation_id, datadrop.from_micros(s.occurred_at), _now,
               s.payload
        FROM (SELECT i.*, row_number() OVER (PARTITION BY i.chain ORDER BY i.number) - 1 AS offset_in_chain
              FROM step AS i WHERE i.event IS NOT NULL) AS s
        JOIN written AS w ON w.number = s.chain
        ORDER BY w.first_position + s.offset_in_chain
    ),
    new_heads AS (
        INSERT INTO datadrop.heads AS h (
            partition, guild_id, user_id, version, state, has_email, lifecycle)
        SELECT _partition, w.guild_id, w.user_id, w.expected_version + w.events, w.after_state,
               w.after_has_email, w.after_lifecycle
        FROM written AS w
        ON CONFLICT (partition, guild_id, user_id) DO UPDATE
        SET version = EXCLUDED.version,
            state = EXCLUDED.state,
            has_email = EXCLUDED.has_email,
            lifecycle = EXCLUDED.lifecycle
    ),
    new_addresses AS (
        INSERT INTO datadrop.addresses (partition, guild_id, user_id, address)
        SELECT _partition, w.guild_id, w.user_id, a.address
        FROM unnest(_address_chains, _addresses) AS a (chain, address)
        JOIN written AS w ON w.number = a.chain
        ON CONFLICT (partition, guild_id, user_id, dead_letter_id) DO UPDATE
        SET address = EXCLUDED.address
    ),
    new_tail AS (
        UPDATE datadrop.tails AS t
        SET sequence = _tail + (SELECT sum(w.events) FROM written AS w)
        WHERE t.partition = _partition AND EXISTS (SELECT FROM written)
    ),
    held AS MATERIALIZED (
        SELECT s.chain, s.number, s.used_at, s.parked,
               (SELECT e FROM datadrop.events AS e
                WHERE e.partition = _partition
                  AND e.position = coalesce(s.used_at, (s.parked).dead_letter_id)
                LIMIT 1) AS event
        FROM step AS s
        WHERE coalesce(s.used_at, (s.parked).dead_letter_id) IS NOT NULL
    )
    SELECT j.number,
           CASE WHEN j.key_found THEN 3 WHEN NOT j.passed THEN 2 WHEN j.events = 0 THEN 1 ELSE 0 END::smallint,
           coalesce((j.head).version, 0),
           coalesce((j.head).state, 0::smallint),
           coalesce((j.head).has_email, false),
           coalesce((j.head).lifecycle, 0),
           w.first_position,
           k.number - j.first_step,
           (k.event).position,
           (k.event).event,
           (k.event).version,
           (k.event).to_state,
           (k.event).payload,
           CASE WHEN k.used_at IS NULL THEN (k.parked).status END
    FROM judged AS j
    LEFT JOIN written AS w ON w.number = j.number
    LEFT JOIN held AS k ON k.chain = j.number
    ORDER BY j.number, k.number;
END
$$;
