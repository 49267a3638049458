-- The server's own start too: with several hosts two backends may have the same number.
SELECT pg_backend_pid() || ' of ' || pg_postmaster_start_time()
