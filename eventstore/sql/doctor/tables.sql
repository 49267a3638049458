-- The tables of the schema: dead rows, live ones, and whether autovacuum is kept from the table.
SELECT
    format('%I.%I', n.nspname, c.relname),
    coalesce(pg_stat_get_dead_tuples(c.oid), 0),
    coalesce(pg_stat_get_live_tuples(c.oid), 0),
    EXISTS (
        SELECT
        FROM pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'autovacuum_enabled'
            AND NOT o.option_value::boolean
    )
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'datadrop'
    AND c.relkind = 'r'
ORDER BY 1
LIMIT 1000
