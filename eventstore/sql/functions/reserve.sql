-- Takes the turn to write for the caller's open transaction and tells where the members stand under
-- it, as load_heads.sql does. The waits are bounded: for the turn, and for a caller that stalls
-- while it has it.
CREATE OR REPLACE FUNCTION datadrop.reserve(
    _partition smallint,
    _guilds    bigint[],
    _users     bigint[]
) RETURNS TABLE (
    version    bigint,
    state      smallint,
    has_email  boolean,
    lifecycle  bigint,
    has_parked boolean,
    history    bigint,
    tail       bigint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 64
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _tail bigint;
BEGIN
    PERFORM set_config('lock_timeout', '300ms', true);
    PERFORM set_config('idle_in_transaction_session_timeout', '500ms', true);
    _tail := datadrop.lock_tail(_partition);
    RETURN QUERY
    SELECT h.version, h.state, h.has_email, h.lifecycle, h.has_parked, datadrop.log_history(), _tail
    FROM datadrop.heads_of(_partition, _guilds, _users) AS h;
END
$$;
