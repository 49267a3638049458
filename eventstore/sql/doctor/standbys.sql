-- The standbys that are connected. How they are is nothing to a role that may not see statistics of
-- others; a base backup under way is none.
SELECT
    coalesce(nullif(r.application_name, ''), 'without a name'),
    coalesce(r.sync_state IN ('sync', 'quorum'), false)
FROM pg_stat_replication AS r
WHERE r.state IS DISTINCT FROM 'backup'
ORDER BY r.pid
LIMIT 100
