-- Brings a partition's members from a checkpoint to a later position of the log, the checkpoint
-- with them. An event says what the fold of its member is after it, and the append that wrote it
-- has proven what that was reckoned from: so the last event of a member is the member's row, and
-- nothing has to leave the server and come back.
-- Dead letters are the caller's to write, in the same transaction, who says so. Answers 'written',
-- or, with nothing written, 'overtaken' when somebody else has moved the checkpoint meanwhile
-- or rebuilt the tables; 'letters' when there are dead letters' events and nobody writes them;
-- 'fold' when the log does not say it alone: an event is of before events said it, or missing.
-- Whoever writes rows of a partition locks its checkpoint first, so MERGE meets no other writer,
-- and it spares the lock on each row that an insert-or-update takes. There is one way to do what it
-- does, a look-up by the table's key for each row, and the settings leave no other to a planner
-- that takes an empty table to stay so: a loop that keeps the rows without a match cannot begin at
-- the table, and what it looks at in each turn is not kept and searched. So its plans are made once
-- a session.
-- Nothing is lost with a batch that a crash of the server takes back: it is projected again, from
-- the checkpoint that goes back with it. So its commit leaves the disk to those of the log.
CREATE OR REPLACE FUNCTION datadrop.project(
    _partition   smallint,
    _checkpoint  bigint,
    _generation  bigint,
    _to          bigint,
    _letters     boolean
) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_material = off
SET enable_seqscan = off
SET enable_bitmapscan = off
SET max_parallel_workers_per_gather = 0
SET jit = off AS $$
DECLARE
    -- Asked for once: a call for each row took a seventh of the work.
    _states text[] := ARRAY(
        SELECT datadrop.state_name(n::smallint) FROM generate_series(0, 63) AS n ORDER BY n);
    _told       bigint; -- events that say what their member's fold is
    _of_letters bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM
    FROM datadrop.projection_checkpoints AS c
    WHERE c.partition = _partition AND c.position = _checkpoint
    FOR UPDATE;
    IF NOT FOUND OR datadrop.generation(_partition) <> _generation THEN
        RETURN 'overtaken';
    END IF;
    SELECT count(e.lifecycle), count(e.dead_letter_id) INTO _told, _of_letters
    FROM datadrop.events AS e
    WHERE e.partition = _partition AND e.position > _checkpoint AND e.position <= _to;
    IF _told + _of_letters <> _to - _checkpoint THEN
        RETURN 'fold';
    ELSIF _of_letters > 0 AND NOT _letters THEN
        RETURN 'letters';
    END IF;

    -- In the order of the table's key, so that neighbours are found and written together. The
    -- series is one row, which a planner takes for a thousand: so it never believes, whatever it
    -- knows of the log, in so few members that looking them up would not pay. OFFSET keeps the
    -- series where it is said. And a kind would be asked for by a walk through all members' events,
    -- by the index that holds no other.
    MERGE INTO datadrop.membership AS r
    USING (
        SELECT l.*
        FROM (
            SELECT DISTINCT ON (e.guild_id, e.user_id)
                e.guild_id,
                e.user_id,
                _states[e.to_state + 1] AS state,
                e.version,
                e.lifecycle,
                e.has_email,
                e.recorded_at,
                e.position
            FROM datadrop.events AS e
            WHERE e.partition = _partition AND e.position > _checkpoint AND e.position <= _to
                AND e.dead_letter_id IS NULL
            ORDER BY e.guild_id, e.user_id, e.position DESC) AS l,
            generate_series(_to, _to)
        OFFSET 0) AS m
    ON r.partition = _partition AND r.guild_id = m.guild_id AND r.user_id = m.user_id
    WHEN MATCHED THEN UPDATE
    SET state = m.state,
        version = m.version,
        lifecycle = m.lifecycle,
        has_email = m.has_email,
        updated_at = m.recorded_at,
        position = m.position
    WHEN NOT MATCHED THEN INSERT (
        partition, guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
    VALUES (
        _partition, m.guild_id, m.user_id, m.state, m.version, m.lifecycle, m.has_email,
        m.recorded_at, m.position);

    UPDATE datadrop.projection_checkpoints AS c
    SET position = _to
    WHERE c.partition = _partition AND c.position = _checkpoint;
    RETURN 'written';
END
$$;
