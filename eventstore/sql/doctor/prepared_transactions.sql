-- Transactions that were prepared (PREPARE TRANSACTION) in this database and not ended, the oldest
-- first.
SELECT
    p.gid,
    p.owner::text,
    extract(epoch FROM clock_timestamp() - p.prepared)::bigint
FROM pg_prepared_xacts AS p
WHERE p.database = current_database()
ORDER BY p.prepared
LIMIT 10
