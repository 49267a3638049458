-- Puts an event at the end of a guild's dead-letter stream, at a position that becomes the dead
-- letter's id unless one is given. For functions that hold the partition's tail, whose next
-- position it is.
CREATE OR REPLACE FUNCTION datadrop.add_dead_letter_event(
    _partition      smallint,
    _position       bigint,
    _guild          bigint,
    _user           bigint,
    _dead_letter_id bigint,
    _event          smallint,
    _source         smallint,
    _actor          text,
    _reason         text,
    _payload        bytea,
    _submission     bigint DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off AS $$
DECLARE
    _version  bigint;
BEGIN
    SELECT e.version INTO _version
    FROM datadrop.events AS e
    WHERE e.partition = _partition AND e.guild_id = _guild AND e.kind = 1
    ORDER BY e.version DESC
    LIMIT 1;

    INSERT INTO datadrop.events (
        partition, position, kind, guild_id, user_id, version, event, source, actor, reason,
        recorded_at, dead_letter_id, payload, submission)
    VALUES (
        _partition, _position, 1, _guild, _user, coalesce(_version, 0) + 1, _event, _source, _actor,
        _reason, clock_timestamp(), coalesce(_dead_letter_id, _position), _payload, _submission);
END
$$;
