-- Takes what served a partition before as its next generation, to be brought to where the log is
-- and switched to. The constraint spares switch_generation a scan under its lock.
CREATE OR REPLACE FUNCTION datadrop.begin_switch_back(_partition integer) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _table text;
BEGIN
    FOREACH _table IN ARRAY ARRAY['membership', 'dead_letters'] LOOP
        EXECUTE format('ALTER TABLE datadrop.%1$s_%2$s_previous RENAME TO %1$s_next',
                       _table, _partition);
        EXECUTE format('ALTER TABLE datadrop.%s_next VALIDATE CONSTRAINT of_partition', _table);
    END LOOP;
END
$$;
