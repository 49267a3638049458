-- What a running server needs and no more: it reads, it writes to the log through the functions of
-- the log only, and it keeps the read model. The one list of it: migrate grants it, and a server
-- asks for it at its start.
CREATE OR REPLACE FUNCTION datadrop.app_role_rights()
RETURNS TABLE (kind text, object text, privilege text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT
        'SCHEMA',
        'datadrop',
        'USAGE'
    UNION ALL
    SELECT
        'TABLE',
        'datadrop.' || t.name,
        'SELECT'
    FROM unnest(ARRAY[
        'settings', 'server_key', 'events', 'parked_keys', 'tokens', 'projection_previous',
        'schema_migrations', 'membership_events', 'log_head']) AS t (name)
    UNION ALL
    SELECT
        'TABLE',
        'datadrop.' || t.name,
        p.name
    FROM unnest(ARRAY[
        'membership', 'dead_letters', 'projection_checkpoints', 'projection_rebuilds',
        'letter_runs', 'letter_run_items']) AS t (name)
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p (name)
    UNION ALL
    SELECT
        'FUNCTION',
        p.oid::regprocedure::text,
        'EXECUTE'
    FROM pg_proc AS p
    WHERE p.pronamespace = 'datadrop'::regnamespace
        AND p.proname = ANY (ARRAY[
            'append', 'reserve', 'park', 'redrive', 'remediate', 'heads_of', 'key_holder',
            'tail_of', 'log_history', 'checkpoint_of', 'micros', 'from_micros', 'state_name',
            'event_name', 'source_name', 'dead_letter_status_name', 'dead_letter_event_name',
            'generation', 'project', 'app_role_rights', 'fingerprints_of_key', 'note_tokens_used'])
$$;
