-- Puts the next generation of a partition's read model in the place of the one in service, which is
-- dropped, or kept under the name of the previous one. Readers wait from here to the end of the
-- transaction, and see the old rows or the new ones. Behind a lock that is waited for they queue,
-- too: so all that may have to be waited for is asked for first, and not for long (50 ms, and then
-- 5 for each of the others, which hardly anybody holds alone), and the caller tries again later.
-- Needs the owner of the tables; begin_generation or begin_switch_back came before, in the same
-- transaction.
CREATE OR REPLACE FUNCTION datadrop.switch_generation(_partition integer, _keep boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '50ms' AS $$
DECLARE
    _tables text[] := ARRAY['membership', 'dead_letters'];
    _table text;
BEGIN
    LOCK TABLE ONLY datadrop.membership IN ACCESS EXCLUSIVE MODE;
    SET LOCAL lock_timeout = '5ms';
    LOCK TABLE ONLY datadrop.dead_letters IN ACCESS EXCLUSIVE MODE;
    FOREACH _table IN ARRAY _tables LOOP
        EXECUTE format('LOCK TABLE ONLY datadrop.%s_%s IN ACCESS EXCLUSIVE MODE',
                       _table, _partition);
    END LOOP;
    FOREACH _table IN ARRAY _tables LOOP
        IF _keep THEN
            EXECUTE format('ALTER TABLE datadrop.%1$s DETACH PARTITION datadrop.%1$s_%2$s',
                           _table, _partition);
            EXECUTE format('ALTER TABLE datadrop.%1$s_%2$s RENAME TO %1$s_%2$s_previous',
                           _table, _partition);
            EXECUTE format('ALTER TABLE datadrop.%s_%s_previous'
                           ' ADD CONSTRAINT of_partition CHECK (partition = %2$s) NOT VALID',
                           _table, _partition);
        ELSE
            EXECUTE format('DROP TABLE datadrop.%s_%s', _table, _partition);
        END IF;
        EXECUTE format('ALTER TABLE datadrop.%1$s_next RENAME TO %1$s_%2$s', _table, _partition);
        EXECUTE format('ALTER TABLE datadrop.%1$s'
                       ' ATTACH PARTITION datadrop.%1$s_%2$s FOR VALUES IN (%2$s)',
                       _table, _partition);
        EXECUTE format('ALTER TABLE datadrop.%s_%s DROP CONSTRAINT of_partition',
                       _table, _partition);
    END LOOP;
END
$$;
