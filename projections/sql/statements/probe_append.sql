-- What an append waits for, without an event: the turn to write to a partition, and a commit that
-- is durable, which only a transaction with something in the WAL is. As lock_tail does it.
SELECT
    pg_advisory_xact_lock(1952541036, $1::integer),
    pg_logical_emit_message(true, 'datadrop', '')
