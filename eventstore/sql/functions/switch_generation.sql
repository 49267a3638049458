-- Puts the next generation of a partition's read model in the place of the one in service. Readers
-- wait from here to the end of the transaction, and see the old rows or the new ones. Behind a lock
-- that is waited for they queue, too, so that wait is short: the caller tries again later. Needs
-- the owner of the tables; begin_generation came before, in the same transaction.
CREATE OR REPLACE FUNCTION datadrop.switch_generation(_partition integer) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '50ms' AS $$
DECLARE
    _table text;
BEGIN
    FOREACH _table IN ARRAY ARRAY['membership', 'dead_letters'] LOOP
        EXECUTE format('DROP TABLE datadrop.%s_%s', _table, _partition);
        EXECUTE format('ALTER TABLE datadrop.%1$s_next RENAME TO %1$s_%2$s', _table, _partition);
        EXECUTE format('ALTER TABLE datadrop.%1$s'
                       ' ATTACH PARTITION datadrop.%1$s_%2$s FOR VALUES IN (%2$s)',
                       _table, _partition);
        EXECUTE format('ALTER TABLE datadrop.%s_%s DROP CONSTRAINT of_partition',
                       _table, _partition);
    END LOOP;
END
$$;
