-- A bare table of events with two indexes: what PostgreSQL can write at most.
CREATE SCHEMA bench_limit;
CREATE TABLE bench_limit.events (
    position   bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id   bigint   NOT NULL,
    user_id    bigint   NOT NULL,
    version    bigint   NOT NULL,
    payload    text     NOT NULL,
    UNIQUE (guild_id, user_id, version)
);
