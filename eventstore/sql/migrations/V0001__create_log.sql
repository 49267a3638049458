-- The log and what is kept beside it. Every key begins with the partition and nothing spans two of
-- them, so that partitions can be worked on, and moved, apart from each other.
-- A position is partition * 2^48 + sequence. Small numbers stand for the enumerators of
-- domain/vocabulary.hpp.

CREATE TABLE datadrop.settings (
    one             boolean     PRIMARY KEY DEFAULT true CHECK (one),
    partition_count smallint    NOT NULL CHECK (partition_count BETWEEN 1 AND 64)
);

-- The key of the e-mail fingerprints.
CREATE TABLE datadrop.server_key (
    one             boolean     PRIMARY KEY DEFAULT true CHECK (one),
    key             bytea       NOT NULL CHECK (length(key) = 32)
);

-- The last sequence given in a partition. Whoever writes to a partition locks its row first; it is
-- updated by every append, so its page keeps room for updates in place.
CREATE TABLE datadrop.tails (
    partition       smallint    PRIMARY KEY,
    sequence        bigint      NOT NULL
) WITH (fillfactor = 10);

-- kind 0: a member's stream (guild_id, user_id), payload of schemas/membership_events.fbs.
-- kind 1: a guild's dead-letter stream (guild_id), payload of schemas/dead_letter_events.fbs;
-- user_id is the member whose command it is, event a dead_letter_event_kind, and the key stands in
-- the payload only: idempotency_key is what a member's stream has used.
CREATE TABLE datadrop.events (
    partition       smallint    NOT NULL,
    position        bigint      NOT NULL,
    kind            smallint    NOT NULL CHECK (kind IN (0, 1)),
    guild_id        bigint      NOT NULL CHECK (guild_id > 0),
    user_id         bigint      NOT NULL CHECK (user_id > 0),
    version         bigint      NOT NULL CHECK (version > 0),
    event           smallint    NOT NULL,
    from_state      smallint,
    to_state        smallint,
    source          smallint    NOT NULL,
    idempotency_key text        COLLATE "C" CHECK ((idempotency_key IS NOT NULL) = (kind = 0)),
    actor           text,
    reason          text,
    correlation_id  text,
    occurred_at     timestamptz,
    recorded_at     timestamptz NOT NULL,
    dead_letter_id  bigint      CHECK ((dead_letter_id IS NOT NULL) = (kind = 1)),
    payload         bytea       NOT NULL,
    PRIMARY KEY (partition, position),
    CHECK ((from_state IS NOT NULL AND to_state IS NOT NULL) = (kind = 0))
);

-- The predicates differ on purpose: a look-up by key names no kind, so that no plan, however early
-- it was made, can walk a member's versions for it.
CREATE UNIQUE INDEX events_version
    ON datadrop.events (partition, guild_id, user_id, version) WHERE kind = 0;
CREATE UNIQUE INDEX events_key
    ON datadrop.events (partition, guild_id, user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX events_dead_letter_version
    ON datadrop.events (partition, guild_id, version) WHERE kind = 1;
CREATE INDEX events_dead_letter
    ON datadrop.events (partition, dead_letter_id, position) WHERE dead_letter_id IS NOT NULL;

CREATE FUNCTION datadrop.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of datadrop.% is refused: events are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER events_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON datadrop.events
    FOR EACH STATEMENT EXECUTE FUNCTION datadrop.refuse_change();
ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable;

-- The fold of each member's stream, updated in place by append.
CREATE TABLE datadrop.heads (
    partition       smallint    NOT NULL,
    guild_id        bigint      NOT NULL,
    user_id         bigint      NOT NULL,
    version         bigint      NOT NULL,
    state           smallint    NOT NULL,
    has_email       boolean     NOT NULL,
    lifecycle       bigint      NOT NULL,
    PRIMARY KEY (partition, guild_id, user_id)
) WITH (fillfactor = 70);

-- Where a parked key stands: status is a dead_letter_status. dead_letter_id is the position of the
-- CommandParked event, which names the member; the one index is all, so that no plan takes another.
CREATE TABLE datadrop.parked_keys (
    partition       smallint    NOT NULL,
    guild_id        bigint      NOT NULL,
    user_id         bigint      NOT NULL,
    idempotency_key text        COLLATE "C" NOT NULL,
    dead_letter_id  bigint      NOT NULL,
    status          smallint    NOT NULL,
    PRIMARY KEY (partition, guild_id, user_id, idempotency_key)
) WITH (fillfactor = 70);

-- Personal data, and the only place of it. dead_letter_id 0: the address on record of the member
-- (null once erased); otherwise the address that waits for the redrive of a parked command.
CREATE TABLE datadrop.addresses (
    partition       smallint    NOT NULL,
    guild_id        bigint      NOT NULL,
    user_id         bigint      NOT NULL,
    dead_letter_id  bigint      NOT NULL DEFAULT 0,
    address         text,
    PRIMARY KEY (partition, guild_id, user_id, dead_letter_id)
);
