-- Takes the turn to write to a partition, until the transaction ends, and returns its last sequence.
-- What the caller's next statement sees is what stands under the lock, which needs a snapshot a
-- statement: read committed. It has no search path of its own, since its callers do, and setting one
-- takes longer than all the rest.
CREATE OR REPLACE FUNCTION datadrop.lock_tail(_partition smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _sequence bigint;
BEGIN
    IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the log is written under read committed only, not under %',
            pg_catalog.current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    SELECT t.sequence INTO _sequence
    FROM datadrop.tails AS t
    WHERE t.partition = _partition
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no partition %', _partition USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN _sequence;
END
$$;
