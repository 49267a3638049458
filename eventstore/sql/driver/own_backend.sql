-- The process that serves this session, and when it started, which tells it from a later one of its
-- id.
SELECT
    a.pid,
    a.backend_start::text
FROM pg_stat_activity AS a
WHERE a.pid = pg_backend_pid()
