-- Ends a lost connection's backend and waits up to 2 s until it is gone: with it goes whatever it
-- had not committed. No row when it is gone already. One whose commit waits for a synchronous
-- standby is left alone, and not fenced: ended, it would show a commit that a failover still loses.
-- Whoever may not see when a backend started may not end it either, and is refused.
SELECT CASE WHEN a.wait_event IS DISTINCT FROM 'SyncRep'
    THEN pg_terminate_backend(a.pid, 2000) ELSE false END
FROM pg_stat_activity AS a
WHERE a.pid = $1 AND coalesce(a.backend_start::text = $2, true)
