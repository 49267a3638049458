-- Writes members' rows and moves the checkpoint of a partition with them. Writes nothing, and
-- answers false, when somebody else has moved the checkpoint meanwhile or rebuilt the tables: what
-- the rows were reckoned from is not what is there then. Whoever writes rows of a partition locks
-- its checkpoint first. Most members are there already, and updating them alone spares a lock on each
-- row. There is one way to do what it does, by the tables' keys, so its plans are made once a session.
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
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
DECLARE
    _updated bigint;
BEGIN
    PERFORM
    FROM datadrop.projection_checkpoints AS c
    WHERE c.partition = _partition AND c.position = _checkpoint
    FOR UPDATE;
    IF NOT FOUND OR datadrop.generation(_partition) <> _generation THEN
        RETURN false;
    END IF;

    UPDATE datadrop.membership AS r
    SET state = m.state,
        version = m.version,
        lifecycle = m.lifecycle,
        has_email = m.has_email,
        updated_at = datadrop.from_micros(m.updated_at),
        position = m.position
    FROM unnest(_guilds, _users, _states, _versions, _lifecycles, _has_email, _updated_at, _positions)
        AS m (guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
    WHERE r.partition = _partition AND r.guild_id = m.guild_id AND r.user_id = m.user_id;
    GET DIAGNOSTICS _updated = ROW_COUNT;

    IF _updated < cardinality(_guilds) THEN
        INSERT INTO datadrop.membership (
            partition, guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
        SELECT
            _partition,
            m.guild_id,
            m.user_id,
            m.state,
            m.version,
            m.lifecycle,
            m.has_email,
            datadrop.from_micros(m.updated_at),
            m.position
        FROM unnest(_guilds, _users, _states, _versions, _lifecycles, _has_email, _updated_at,
                    _positions)
            AS m (guild_id, user_id, state, version, lifecycle, has_email, updated_at, position)
        ON CONFLICT (partition, guild_id, user_id) DO NOTHING;
    END IF;

    UPDATE datadrop.projection_checkpoints AS c
    SET position = _to
    WHERE c.partition = _partition;
    RETURN true;
END
$$;
