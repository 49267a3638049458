-- Ends a lost connection's backend and waits up to 3 s until it is gone: with it goes whatever it
-- had not committed. No row when it is gone already.
SELECT pg_terminate_backend(a.pid, 3000)
FROM pg_stat_activity AS a
WHERE a.pid = $1 AND a.backend_start::text = $2
