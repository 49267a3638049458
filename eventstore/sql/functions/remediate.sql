-- Writes what an operator did to a dead letter (RedriveFailed, CommandDiscarded) while it is
-- parked, and moves it to _new_status; closing it erases the address that waited. Returns the
-- status that it had, null when there is no such dead letter, and -1 when its last event is another
-- than the one that was seen (null: whichever it is): then nothing is written.
CREATE OR REPLACE FUNCTION datadrop.remediate(
    _partition      smallint,
    _dead_letter_id bigint,
    _event          smallint,
    _new_status     smallint,
    _source         smallint,
    _actor          text,
    _reason         text,
    _payload        bytea,
    _seen           bigint
) RETURNS smallint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
DECLARE
    _guild  bigint;
    _user   bigint;
    _status smallint;
    _tail   bigint := datadrop.lock_tail(_partition);
BEGIN
    SELECT e.guild_id, e.user_id INTO _guild, _user
    FROM datadrop.events AS e
    WHERE e.partition = _partition AND e.position = _dead_letter_id;
    SELECT p.status INTO _status
    FROM datadrop.parked_keys AS p
    WHERE p.partition = _partition AND p.guild_id = _guild AND p.user_id = _user
      AND p.dead_letter_id = _dead_letter_id;
    IF _status IS NOT NULL
        AND datadrop.end_of_dead_letter(_partition, _dead_letter_id) <> _seen
    THEN
        RETURN -1;
    END IF;
    IF _status IS DISTINCT FROM 0 THEN
        RETURN _status;
    END IF;
    PERFORM datadrop.add_dead_letter_event(
        _partition, _tail + 1, _guild, _user, _dead_letter_id, _event, _source, _actor, _reason,
        _payload);
    IF _new_status <> 0 THEN
        UPDATE datadrop.parked_keys AS p
        SET status = _new_status
        WHERE p.partition = _partition AND p.guild_id = _guild AND p.user_id = _user
          AND p.dead_letter_id = _dead_letter_id;
        DELETE FROM datadrop.addresses AS a
        WHERE a.partition = _partition AND a.guild_id = _guild AND a.user_id = _user
          AND a.dead_letter_id = _dead_letter_id;
    END IF;
    RETURN _status;
END
$$;
