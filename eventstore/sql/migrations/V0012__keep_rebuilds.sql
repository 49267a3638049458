-- A rebuild says who runs it and what it is at, keeps what it has folded for the next one to go on
-- with should it be killed, and may keep the tables that it replaced.
ALTER TABLE datadrop.projection_rebuilds
    ADD COLUMN started_by    text,   -- process, host
    ADD COLUMN phase         text    DEFAULT 'folding', -- as programs call it; null: left behind
    ADD COLUMN resumed_from  bigint, -- events that an earlier one had folded
    ADD COLUMN kept_position bigint, -- what projection_kept_members comes to; null: to nothing
    ADD COLUMN kept_rows     bigint,
    ADD COLUMN kept_program  text;

-- A journal: of a member's rows the one with the last position counts. It need not outlive a crash
-- of the server: its rows are counted.
CREATE UNLOGGED TABLE datadrop.projection_kept_members (
    partition  smallint    NOT NULL,
    guild_id   bigint      NOT NULL,
    user_id    bigint      NOT NULL,
    state      text        NOT NULL,
    version    bigint      NOT NULL,
    lifecycle  bigint      NOT NULL,
    has_email  boolean     NOT NULL,
    updated_at timestamptz NOT NULL,
    position   bigint      NOT NULL
);

-- The tables membership_P_previous and dead_letters_P_previous are what served a partition before
-- the last rebuild that was asked to keep them; up to where, and when they went out of service.
CREATE TABLE datadrop.projection_previous (
    partition   smallint    NOT NULL PRIMARY KEY,
    position    bigint      NOT NULL,
    switched_at timestamptz NOT NULL
);

-- Its arguments change.
DROP FUNCTION IF EXISTS datadrop.switch_generation(integer);
