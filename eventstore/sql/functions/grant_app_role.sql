-- Grants a role what a running server needs and no more: it reads, it writes to the log through the
-- functions of the log only, and it keeps the read model. Nobody else may call anything here.
CREATE OR REPLACE FUNCTION datadrop.grant_app_role(_role text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _readable constant text[] := ARRAY[
        'settings', 'server_key', 'tails', 'events', 'parked_keys', 'tokens',
        'schema_migrations', 'membership_events', 'log_head'];
    _callable constant text[] := ARRAY[
        'append', 'reserve', 'park', 'redrive', 'remediate', 'heads_of', 'key_holder', 'micros',
        'from_micros', 'state_name', 'event_name', 'source_name', 'dead_letter_status_name',
        'dead_letter_event_name', 'generation', 'project'];
    _kept constant text[] := ARRAY[
        'membership', 'dead_letters', 'projection_checkpoints', 'projection_rebuilds'];
    _name text;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA datadrop TO %I', _role);
    FOREACH _name IN ARRAY _readable LOOP
        EXECUTE format('GRANT SELECT ON datadrop.%I TO %I', _name, _role);
    END LOOP;
    FOREACH _name IN ARRAY _kept LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON datadrop.%I TO %I', _name, _role);
    END LOOP;
    FOREACH _name IN ARRAY _callable LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION datadrop.%I TO %I', _name, _role);
    END LOOP;
END
$$;
