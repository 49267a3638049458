-- What the loads were answered, and how far the log had come before they began, and the yardstick's
-- table, if it is there.
CREATE TEMPORARY TABLE answers (
    key        text   COLLATE "C" NOT NULL,
    guild_id   bigint NOT NULL,
    user_id    bigint NOT NULL,
    ended      text   NOT NULL, -- the outcome's name
    state      text,
    version    bigint,
    position   bigint
);

CREATE TEMPORARY TABLE base AS
SELECT h.partition, h.position
FROM datadrop.log_head AS h;

CREATE TEMPORARY TABLE base_by_hand (position bigint);
DO $$
BEGIN
    IF to_regclass('bench_guarded.events') IS NOT NULL THEN
        INSERT INTO pg_temp.base_by_hand
        SELECT max(e.position) FROM bench_guarded.events AS e;
    END IF;
END
$$;
