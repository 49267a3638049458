-- What keeps the session's role from writing, or from anything else that a running server does, and
-- whether it is a right that the role lacks.
SELECT
    'the server is a standby, which takes no writes',
    false
WHERE pg_is_in_recovery()
UNION ALL
SELECT
    'the database is set to read only (default_transaction_read_only)',
    false
WHERE current_setting('transaction_read_only')::boolean
    AND NOT pg_is_in_recovery()
UNION ALL
SELECT
    format('the role %s lacks %s on %s', current_user, r.privilege, r.object),
    true
FROM datadrop.app_role_rights() AS r
WHERE NOT CASE r.kind
    WHEN 'SCHEMA' THEN has_schema_privilege(r.object, r.privilege)
    WHEN 'TABLE' THEN has_table_privilege(r.object, r.privilege)
    ELSE has_function_privilege(r.object, r.privilege)
END
