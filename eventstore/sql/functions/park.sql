-- Parks commands: each in its guild's dead-letter stream, with its key and, when it has one, its
-- address, unless somebody holds the key already. An answer a command, in order: parked_as is null
-- when held_at tells the holder. The head is the member's under the lock.
CREATE OR REPLACE FUNCTION datadrop.park(
    _partition   smallint,
    _guilds      bigint[],
    _users       bigint[],
    _keys        text[],
    _sources     smallint[],
    _actors      text[],
    _codes       text[],
    _payloads    bytea[],
    _addresses   text[],
    _submissions bigint[]
) RETURNS TABLE (
    parked_as       bigint,
    found_version   bigint,
    found_state     smallint,
    found_has_email boolean,
    found_lifecycle bigint,
    held_at         bigint,
    held_event      smallint,
    held_version    bigint,
    held_state      smallint,
    held_lifecycle  bigint,
    held_payload    bytea,
    held_status     smallint,
    held_submission bigint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 64
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _tail bigint := datadrop.lock_tail(_partition);
BEGIN
    FOR _i IN 1 .. cardinality(_guilds) LOOP
        parked_as := NULL;
        SELECT h.version, h.state, h.has_email, h.lifecycle
        INTO found_version, found_state, found_has_email, found_lifecycle
        FROM datadrop.heads_of(_partition, _guilds[_i:_i], _users[_i:_i]) AS h;
        SELECT *
        INTO held_at, held_event, held_version, held_state, held_lifecycle, held_payload,
            held_status, held_submission
        FROM datadrop.key_holder(_partition, _guilds[_i], _users[_i], _keys[_i]);
        IF held_at IS NULL THEN
            _tail := _tail + 1;
            parked_as := _tail;
            PERFORM datadrop.add_dead_letter_event(
                _partition, parked_as, _guilds[_i], _users[_i], NULL, 0::smallint, _sources[_i],
                _actors[_i], _codes[_i], _payloads[_i], _submissions[_i]);
            INSERT INTO datadrop.parked_keys (
                partition, guild_id, user_id, idempotency_key, dead_letter_id, status)
            VALUES (_partition, _guilds[_i], _users[_i], _keys[_i], parked_as, 0);
            INSERT INTO datadrop.addresses (partition, guild_id, user_id, dead_letter_id, address)
            SELECT _partition, _guilds[_i], _users[_i], parked_as, _addresses[_i]
            WHERE _addresses[_i] IS NOT NULL;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
