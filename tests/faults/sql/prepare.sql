-- What clients and operators sent and were told, sending by sending: beside the settled answers
-- that the demo's checks work on.
CREATE TEMPORARY TABLE sendings (
    submission  bigint NOT NULL, -- one for all sendings of a command until it was settled
    client      text   NOT NULL,
    sent_at     bigint NOT NULL, -- microseconds since 1970, as the next
    answered_at bigint NOT NULL,
    abandoned   boolean NOT NULL, -- the client did not wait any longer
    status      bigint NOT NULL, -- of HTTP, 0 without an answer
    guild_id    bigint NOT NULL,
    user_id     bigint NOT NULL,
    key         text   COLLATE "C" NOT NULL,
    outcome     jsonb  NOT NULL,
    ended       text   NOT NULL  -- the outcome's name, or none
);

-- As the demo's checks know them.
CREATE TEMPORARY TABLE abandoned (
    guild_id   bigint NOT NULL,
    user_id    bigint NOT NULL,
    key        text   COLLATE "C" NOT NULL
);

CREATE TEMPORARY TABLE remediations (
    dead_letter bigint NOT NULL,
    verb        text   NOT NULL,
    status      bigint NOT NULL,
    letter      jsonb  NOT NULL
);
