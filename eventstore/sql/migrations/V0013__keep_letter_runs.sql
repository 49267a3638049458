-- What operators do to many dead letters at once. A run is a record of its own: what was selected, by
-- whom, what a preview said, and how far it is; so one that is cut off goes on where it was.
-- Whoever carries a run out says so by leased_until, and goes on saying so: when that has passed
-- another server takes it over. Should two be at it all the same, nothing is done twice: each act is
-- on a letter as it was selected (seen), or not done.
CREATE TABLE datadrop.letter_runs (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status       text        NOT NULL COLLATE "C" CHECK (status IN ('previewed', 'running', 'stopped', 'done')),
    act          text        NOT NULL CHECK (act IN ('redrive', 'discard')),
    reason       text        NOT NULL,
    by_source    smallint    NOT NULL,
    by_name      text        NOT NULL,
    filter       jsonb       NOT NULL, -- as it was asked for
    expectations jsonb       NOT NULL, -- what a redrive replaces, or drops by null
    rate         bigint,               -- acts a second at most
    selected     bigint      NOT NULL DEFAULT 0,
    histogram    jsonb       NOT NULL DEFAULT '[]', -- what the preview said
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    ended_at     timestamptz,
    leased_until timestamptz
);

CREATE TABLE datadrop.letter_run_items (
    partition      smallint    NOT NULL,
    run_id         bigint      NOT NULL,
    dead_letter_id bigint      NOT NULL,
    seen           bigint      NOT NULL, -- the letter's last event when it was selected
    outcome        text,                 -- null: not done yet
    code           text,
    acted_at       timestamptz,
    PRIMARY KEY (partition, run_id, dead_letter_id)
);
CREATE INDEX letter_run_items_open
    ON datadrop.letter_run_items (partition, run_id, dead_letter_id) WHERE outcome IS NULL;
