-- What a careful hand-written event log keeps: the columns of datadrop.events that have a meaning
-- here, a member's row to guard by, and somewhere for what ran out of attempts. Several loads may
-- begin at once.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('bench_guarded'));
CREATE SCHEMA IF NOT EXISTS bench_guarded;

CREATE TABLE IF NOT EXISTS bench_guarded.members (
    guild_id        bigint      NOT NULL,
    user_id         bigint      NOT NULL,
    version         bigint      NOT NULL,
    state           smallint    NOT NULL,
    has_email       boolean     NOT NULL,
    lifecycle       bigint      NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) WITH (fillfactor = 90);

CREATE TABLE IF NOT EXISTS bench_guarded.events (
    position        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id        bigint      NOT NULL,
    user_id         bigint      NOT NULL,
    version         bigint      NOT NULL,
    event           smallint    NOT NULL,
    from_state      smallint    NOT NULL,
    to_state        smallint    NOT NULL,
    source          smallint    NOT NULL,
    idempotency_key text        COLLATE "C" NOT NULL,
    actor           text,
    reason          text,
    correlation_id  text,
    occurred_at     timestamptz,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    payload         bytea       NOT NULL,
    UNIQUE (guild_id, user_id, version),
    UNIQUE (guild_id, user_id, idempotency_key)
);

CREATE TABLE IF NOT EXISTS bench_guarded.dead_letters (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id        bigint      NOT NULL,
    user_id         bigint      NOT NULL,
    event           smallint    NOT NULL,
    idempotency_key text        COLLATE "C" NOT NULL,
    attempts        integer     NOT NULL,
    parked_at       timestamptz NOT NULL DEFAULT now()
);
COMMIT;
