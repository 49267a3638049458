SELECT pg_catalog.count(*)
FROM pg_catalog.pg_prepared_statements
