-- Appends the event of a parked command to its member's stream, under the parked key, and with it
-- CommandRedriven to the guild's dead-letter stream: both or neither. Arguments and answer are
-- those of append for one chain of one step with an event, then those of the dead letter's event,
-- and the letter's last event when it was seen (null: whichever it is). Behind another one the key
-- is found parked, as for anybody who is not redriving. The address that waited becomes the
-- member's.
CREATE OR REPLACE FUNCTION datadrop.redrive(
    _partition      smallint,
    _chains         datadrop.append_chain[],
    _steps          datadrop.append_step[],
    _address_chains integer[],
    _addresses      text[],
    _dead_letter_id bigint,
    _by_source      smallint,
    _by_actor       text,
    _by_reason      text,
    _by_payload     bytea,
    _seen           bigint
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
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _redriven bigint := _dead_letter_id;
BEGIN
    IF _seen IS NOT NULL THEN
        PERFORM datadrop.lock_tail(_partition);
        IF datadrop.end_of_dead_letter(_partition, _dead_letter_id) <> _seen THEN
            _redriven := NULL;
        END IF;
    END IF;
    SELECT a.*
    INTO STRICT chain, fate, found_version, found_state, found_has_email, found_lifecycle,
        first_position, step, held_at, held_event, held_version, held_state, held_lifecycle,
        held_payload, held_status, held_submission, moved_guild, moved_user, history, since
    FROM datadrop.append(
        _partition, NULL, NULL, NULL, NULL, NULL, true, _chains, _steps, _address_chains,
        _addresses, _redriven) AS a
    WHERE a.fate < 4
    ORDER BY a.chain DESC
    LIMIT 1;
    IF fate = 0 THEN
        INSERT INTO datadrop.addresses (partition, guild_id, user_id, address)
        SELECT a.partition, a.guild_id, a.user_id, a.address
        FROM datadrop.addresses AS a
        WHERE a.partition = _partition AND a.guild_id = _steps[1].guild_id
          AND a.user_id = _steps[1].user_id
          AND a.dead_letter_id = _dead_letter_id
        ON CONFLICT (partition, guild_id, user_id, dead_letter_id) DO UPDATE
        SET address = EXCLUDED.address;
        IF datadrop.remediate(_partition, _dead_letter_id, 1::smallint, 1::smallint, _by_source,
                              _by_actor, _by_reason, _by_payload, NULL) IS DISTINCT FROM 0 THEN
            RAISE EXCEPTION 'dead letter % is not parked, or not under key % of guild % user %',
                _dead_letter_id, _steps[1].key, _steps[1].guild_id, _steps[1].user_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEXT;
END
$$;
