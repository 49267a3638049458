-- Takes the turn to write to a partition, until the transaction ends, and returns its last
-- position. What the caller's next statement sees is what stands under the lock, which needs a
-- snapshot a statement: read committed. It has no search path of its own, since its callers do, and
-- setting one takes longer than all the rest.
-- The end of the transaction is durable, whatever the role or the database says, and it waits for a
-- synchronous standby also when nothing was written: what was seen under the lock is there then,
-- too. Only a transaction that has written to the WAL waits, hence the message.
CREATE OR REPLACE FUNCTION datadrop.lock_tail(_partition smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _tail bigint;
BEGIN
    IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the log is written under read committed only, not under %',
            pg_catalog.current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF pg_catalog.current_setting('synchronous_commit') IN ('off', 'local') THEN
        PERFORM pg_catalog.set_config('synchronous_commit', 'on', true);
    END IF;
    PERFORM pg_catalog.pg_advisory_xact_lock(1952541036, _partition);
    PERFORM pg_catalog.pg_logical_emit_message(true, 'datadrop', '');
    _tail := datadrop.tail_of(_partition);
    IF _tail IS NULL THEN
        RAISE EXCEPTION 'there is no partition %', _partition
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN _tail;
END
$$;
