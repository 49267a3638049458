-- The tail of a partition is its last event, and its lock an advisory one. The row that every append
-- updated left a dead version behind each time, which nobody may remove while an old snapshot is open
-- (a dump, a forgotten BEGIN), and every append had to pass them all.
-- Advisory locks of transactions, class 1952541036 (the letters "tail"), key = partition: the turn to
-- write to it.

-- A log that was restored in part would give positions again.
DO $$
DECLARE
    _half record;
BEGIN
    SELECT t.partition, (t.partition::bigint << 48) + t.sequence AS tail, e.position INTO _half
    FROM datadrop.tails AS t,
         LATERAL (
            SELECT coalesce(max(e.position), t.partition::bigint << 48) AS position
            FROM datadrop.events AS e
            WHERE e.partition = t.partition) AS e
    WHERE e.position <> (t.partition::bigint << 48) + t.sequence
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the log is not whole: partition % was written up to position %, and its last event is at %',
            _half.partition, _half.tail, _half.position
            USING ERRCODE = 'data_corrupted', HINT = 'Restore the whole database.';
    END IF;
END
$$;

-- As view_log_head.sql will have it; a view that is made anew would lose its grants.
CREATE OR REPLACE VIEW datadrop.log_head AS
SELECT p.number::smallint AS partition,
       p.number::bigint << 48 AS position
FROM datadrop.settings AS s, generate_series(0, s.partition_count - 1) AS p (number);
DROP TABLE datadrop.tails;

-- The number that a submission draws for itself: what is found under a key after a connection was lost
-- is one's own writing, or another's. Null in events of before.
ALTER TABLE datadrop.events ADD COLUMN submission bigint;

-- What append takes, as V0006 has it and the submission.
DROP FUNCTION IF EXISTS datadrop.append(
    smallint, datadrop.append_chain[], datadrop.append_step[], bigint, integer[], text[], bigint);
DROP FUNCTION IF EXISTS datadrop.redrive(
    smallint, datadrop.append_chain[], datadrop.append_step[], bigint, integer[], text[], bigint,
    smallint, text, text, bytea);
ALTER TYPE datadrop.append_step ADD ATTRIBUTE submission bigint;

-- Their arguments or answers change.
DROP FUNCTION IF EXISTS datadrop.lock_tail(smallint);
DROP FUNCTION IF EXISTS datadrop.key_holder(smallint, bigint, bigint, text);
DROP FUNCTION IF EXISTS datadrop.park(
    smallint, bigint[], bigint[], text[], smallint[], text[], text[], bytea[], text[]);
DROP FUNCTION IF EXISTS datadrop.add_dead_letter_event(
    smallint, bigint, bigint, bigint, smallint, smallint, text, text, bytea);

-- A checkpoint is one row still. With its position in the key each move of it is found at the end of
-- the index, however many dead versions lie before it.
ALTER TABLE datadrop.projection_checkpoints
    DROP CONSTRAINT projection_checkpoints_pkey,
    ADD PRIMARY KEY (partition, position);

-- Texts in indexes are compared as bytes: no update of the system's collations leaves an index in
-- another order than its server's.
ALTER TABLE datadrop.dead_letters ALTER COLUMN status TYPE text COLLATE "C";
ALTER TABLE datadrop.schema_migrations ALTER COLUMN name TYPE text COLLATE "C";
