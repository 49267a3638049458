-- How far the read model of a partition has come; null for a partition that is not there. Each move
-- leaves a dead version of the row in front of it, for as long as anybody holds an old snapshot:
-- the one that counts stands at the end of the index, and no plan may begin elsewhere.
CREATE OR REPLACE FUNCTION datadrop.checkpoint_of(_partition smallint) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
BEGIN
    RETURN (
        SELECT c.position
        FROM datadrop.projection_checkpoints AS c
        WHERE c.partition = _partition
        ORDER BY c.position DESC
        LIMIT 1);
END
$$;
