-- Makes empty tables beside those that serve a partition of the read model: the next generation,
-- which only the calling transaction sees. Their CHECK spares switch_generation a scan under its
-- lock. The indexes are there from the start, since the catching-up finds its rows by them. The
-- owner and storage parameters stay the same, also when an administrator rebuilds.
CREATE OR REPLACE FUNCTION datadrop.begin_generation(_partition integer) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _table text;
    _owner text;
    _parameters text;
BEGIN
    FOREACH _table IN ARRAY ARRAY['membership', 'dead_letters'] LOOP
        SELECT pg_get_userbyid(c.relowner) INTO STRICT _owner
        FROM pg_class AS c
        WHERE c.oid = format('datadrop.%s', _table)::regclass;
        SELECT array_to_string(c.reloptions, ', ') INTO STRICT _parameters
        FROM pg_class AS c
        WHERE c.oid = format('datadrop.%s_%s', _table, _partition)::regclass;
        EXECUTE format('CREATE TABLE datadrop.%1$s_next (LIKE datadrop.%1$s INCLUDING INDEXES,'
                       ' CONSTRAINT of_partition CHECK (partition = %2$s))',
                       _table, _partition);
        IF _parameters IS NOT NULL THEN
            EXECUTE format('ALTER TABLE datadrop.%s_next SET (%s)', _table, _parameters);
        END IF;
        EXECUTE format('ALTER TABLE datadrop.%s_next OWNER TO %I', _table, _owner);
    END LOOP;
END
$$;
