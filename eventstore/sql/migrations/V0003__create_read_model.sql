-- The read model: what the projector of each partition derives from the log. Columns are named as
-- the JSON fields of the API, states and sources are spelled out, for people with SQL. A row is
-- what the log says at its partition's checkpoint.
--
-- Each partition of the log has a child table of its own, so that a rebuild can make a new one
-- beside it and put it in its place. Children are reached through their parent only: privileges
-- are granted there and outlive every rebuild.
--
-- Session advisory locks of the read model, class 1684108385 (the letters "data"):
-- key 0 to 63 the active projector of that partition, key 64 the rebuild under way.

CREATE TABLE datadrop.membership (
    partition  smallint    NOT NULL,
    guild_id   bigint      NOT NULL,
    user_id    bigint      NOT NULL,
    state      text        NOT NULL,
    version    bigint      NOT NULL,
    lifecycle  bigint      NOT NULL,
    has_email  boolean     NOT NULL,
    updated_at timestamptz NOT NULL, -- recorded_at of the last event
    position   bigint      NOT NULL, -- of the last event
    PRIMARY KEY (partition, guild_id, user_id)
) PARTITION BY LIST (partition);

-- The pages by state, of one guild or of all.
CREATE INDEX ON datadrop.membership (partition, state, guild_id, user_id);

CREATE TABLE datadrop.dead_letters (
    partition    smallint    NOT NULL,
    id           bigint      NOT NULL, -- position of its CommandParked
    guild_id     bigint      NOT NULL,
    user_id      bigint      NOT NULL,
    status       text        NOT NULL,
    code         text        NOT NULL,
    parked_at    timestamptz NOT NULL,
    source       text        NOT NULL,
    submitted_by text        NOT NULL,
    command      jsonb       NOT NULL, -- as received, an address as its fingerprint
    attempts     jsonb       NOT NULL,
    events       jsonb       NOT NULL, -- what operators did
    position     bigint      NOT NULL, -- of the last event
    PRIMARY KEY (partition, id)
) PARTITION BY LIST (partition);

CREATE INDEX ON datadrop.dead_letters (partition, guild_id, id);
CREATE INDEX ON datadrop.dead_letters (partition, status, id);

-- How far the read model of a partition has come; moves in the transaction that writes the rows.
CREATE TABLE datadrop.projection_checkpoints (
    partition smallint NOT NULL PRIMARY KEY,
    position  bigint   NOT NULL
);

-- How far a rebuild has come. A row counts only while somebody holds the rebuild's advisory lock:
-- one that was killed leaves its row behind.
CREATE TABLE datadrop.projection_rebuilds (
    partition  smallint    NOT NULL PRIMARY KEY,
    done       bigint      NOT NULL, -- events folded
    total      bigint      NOT NULL, -- events of the log when it began
    started_at timestamptz NOT NULL
);

DO $$
DECLARE
    _partitions integer := (SELECT s.partition_count FROM datadrop.settings AS s);
    _partition integer;
    _table text;
BEGIN
    FOR _partition IN 0 .. _partitions - 1 LOOP
        FOREACH _table IN ARRAY ARRAY['membership', 'dead_letters'] LOOP
            EXECUTE format(
                'CREATE TABLE datadrop.%1$s_%2$s PARTITION OF datadrop.%1$s FOR VALUES IN (%2$s)',
                _table, _partition);
        END LOOP;
        INSERT INTO datadrop.projection_checkpoints (partition, position)
        VALUES (_partition, _partition::bigint << 48);
    END LOOP;
END
$$;
