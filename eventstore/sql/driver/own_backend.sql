-- The process that serves this session, and when it started, which tells it from a later one of its
-- id; nothing of that for a role that may not see its own sessions, since a setting has made it of
-- another. And who it is, and who logged in.
SELECT
    a.pid,
    coalesce(a.backend_start::text, ''),
    current_user::text,
    session_user::text
FROM pg_stat_activity AS a
WHERE a.pid = pg_backend_pid()
