-- A bare table of the membership projection's columns, made anew.
DROP TABLE IF EXISTS public.bench_membership;
CREATE TABLE public.bench_membership (
    partition  smallint    NOT NULL,
    guild_id   bigint      NOT NULL,
    user_id    bigint      NOT NULL,
    state      text        NOT NULL,
    version    bigint      NOT NULL,
    lifecycle  bigint      NOT NULL,
    has_email  boolean     NOT NULL,
    updated_at timestamptz NOT NULL,
    position   bigint      NOT NULL,
    PRIMARY KEY (partition, guild_id, user_id)
);
