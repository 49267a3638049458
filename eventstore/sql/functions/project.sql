-- Writes members' rows and moves the checkpoint of a partition with them. Writes nothing, and
-- answers false, when somebody else has moved the checkpoint meanwhile or rebuilt the tables: what
-- the rows were reckoned from is not what is there then. Whoever writes rows of a partition locks
-- its checkpoint first, so MERGE meets no other writer, and it spares the lock on each row that an
-- insert-or-update takes. There is one way to do what it does, a look-up by the table's key for
-- each row, and the settings leave no other to a planner that takes an empty table to stay so: a
-- loop that keeps the rows without a match cannot begin at the table, and what it looks at in each
-- turn is not kept and searched. So its plans are made once a session.
-- Nothing is lost with a batch that a crash of the server takes back: it is projected again, from
-- the checkpoint that goes back with it. So its commit leaves the disk to those of the log.
CREATE OR REPLACE FUNCTION datadrop.project(
    _partition   smallint,
    _checkpoint  bigint,
    _generation  bigint,
    _to          bigint,
    _guilds      bigint[],
    _users       bigint[],
    _states      text[],
    _versions    bigint[],
    _lifecycles  bigint[],
    _has_email   boolean[],
    _updated_at  bigint[],
    _positions   bigint[]
) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_material = off
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM
    FROM datadrop.projection_checkpoints AS c
    WHERE c.partition = _partition AND c.position = _checkpoint
    FOR UPDATE;
    IF NOT FOUND OR datadrop.generation(_partition) <> _generation THEN
        RETURN false;
    END IF;

    MERGE INTO datadrop.membership AS r
    USING unnest(_guilds, _users, _states, _versions, _lifecycles, _has_email, _updated_at,
        _positions)
        AS m (guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
    ON r.partition = _partition AND r.guild_id = m.guild_id AND r.user_id = m.user_id
    WHEN MATCHED THEN UPDATE
    SET state = m.state,
        version = m.version,
        lifecycle = m.lifecycle,
        has_email = m.has_email,
        updated_at = datadrop.from_micros(m.updated_at),
        position = m.position
    WHEN NOT MATCHED THEN INSERT (
        partition, guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
    VALUES (
        _partition, m.guild_id, m.user_id, m.state, m.version, m.lifecycle, m.has_email,
        datadrop.from_micros(m.updated_at), m.position);

    UPDATE datadrop.projection_checkpoints AS c
    SET position = _to
    WHERE c.partition = _partition AND c.position = _checkpoint;
    RETURN true;
END
$$;
