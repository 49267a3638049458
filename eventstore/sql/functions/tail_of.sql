-- The last position given in a partition; partition * 2^48 while it has no event, null for one that
-- is not there. By the end of the index, whatever the planner believes about a table that was empty
-- or never analysed when the plan was made.
CREATE OR REPLACE FUNCTION datadrop.tail_of(_partition smallint) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_bitmapscan = off AS $$
BEGIN
    RETURN coalesce(
        (SELECT e.position
         FROM datadrop.events AS e
         WHERE e.partition = _partition
         ORDER BY e.position DESC
         LIMIT 1),
        (SELECT _partition::bigint << 48
         FROM datadrop.settings AS s
         WHERE _partition BETWEEN 0 AND s.partition_count - 1));
END
$$;
