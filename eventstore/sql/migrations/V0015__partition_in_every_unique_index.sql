-- A log that outgrows one machine is spread by its partitions, and whatever spreads it refuses a
-- unique index without the column that it is spread by. The last one, since a member is of one
-- partition: in front it would be compared on the whole way down and never decide anything.
DROP INDEX datadrop.events_version;
DROP INDEX datadrop.events_key;
CREATE UNIQUE INDEX events_version
    ON datadrop.events (user_id, guild_id, version, partition) WHERE kind = 0;
CREATE UNIQUE INDEX events_key
    ON datadrop.events (user_id, guild_id, idempotency_key, partition)
    WHERE idempotency_key IS NOT NULL;

-- Its arguments change.
DROP FUNCTION IF EXISTS datadrop.project(
    smallint, bigint, bigint, bigint, bigint[], bigint[], text[], bigint[], bigint[], boolean[],
    bigint[], bigint[]);
