-- What the loads were answered, and how far the log had come before they began.
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
