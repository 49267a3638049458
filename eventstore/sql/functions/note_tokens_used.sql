-- These tokens were used just now. Nobody waits for the disk, or a standby, on account of that.
CREATE OR REPLACE FUNCTION datadrop.note_tokens_used(_hashes bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE datadrop.tokens AS t
    SET last_used_at = clock_timestamp()
    WHERE t.hash = ANY (_hashes);
END
$$;
