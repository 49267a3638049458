-- The server's own start too: with several hosts two backends may have the same number. Nothing is
-- set for the session that asks, so the names are spelled out.
SELECT pg_catalog.concat(
    pg_catalog.pg_backend_pid(), ' of ', pg_catalog.pg_postmaster_start_time())
