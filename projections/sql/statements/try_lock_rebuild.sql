-- See V0003__create_read_model.sql.
SELECT pg_try_advisory_lock(1684108385, 64)
