SELECT pg_advisory_unlock(1684108385, 64)
