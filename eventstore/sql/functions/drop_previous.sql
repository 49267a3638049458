-- Removes what served a partition before, if it was kept.
CREATE OR REPLACE FUNCTION datadrop.drop_previous(_partition integer) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _table text;
BEGIN
    FOREACH _table IN ARRAY ARRAY['membership', 'dead_letters'] LOOP
        IF to_regclass(format('datadrop.%s_%s_previous', _table, _partition)) IS NOT NULL THEN
            EXECUTE format('DROP TABLE datadrop.%s_%s_previous', _table, _partition);
        END IF;
    END LOOP;
    DELETE FROM datadrop.projection_previous WHERE partition = _partition;
END
$$;
