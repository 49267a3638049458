-- Whether the role may look at what was made of the schema; no row when there is none.
SELECT
    has_schema_privilege(n.oid, 'USAGE')
    AND coalesce(has_table_privilege(c.oid, 'SELECT'), true)
FROM pg_namespace AS n
LEFT JOIN pg_class AS c
    ON c.relnamespace = n.oid
    AND c.relname = 'schema_migrations'
WHERE n.nspname = 'datadrop'
