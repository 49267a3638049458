-- By name: a function that is made anew may have other arguments.
INSERT INTO datadrop.kept_grants (kind, object, privilege, grantee, grantable)
SELECT
    g.kind,
    g.object,
    g.privilege,
    pg_get_userbyid(g.grantee),
    bool_or(g.grantable)
FROM (
    SELECT
        'SCHEMA',
        n.nspname::text,
        a.privilege_type,
        a.grantee,
        a.is_grantable,
        n.nspowner
    FROM pg_namespace AS n
    CROSS JOIN aclexplode(n.nspacl) AS a
    WHERE n.nspname = 'datadrop'
    UNION ALL
    SELECT
        'TABLE',
        c.relname::text,
        a.privilege_type,
        a.grantee,
        a.is_grantable,
        c.relowner
    FROM pg_class AS c
    CROSS JOIN aclexplode(c.relacl) AS a
    WHERE c.relnamespace = 'datadrop'::regnamespace
    UNION ALL
    SELECT
        'TABLE',
        c.relname::text,
        format('%s (%I)', a.privilege_type, t.attname),
        a.grantee,
        a.is_grantable,
        c.relowner
    FROM pg_class AS c
    JOIN pg_attribute AS t
        ON t.attrelid = c.oid AND NOT t.attisdropped
    CROSS JOIN aclexplode(t.attacl) AS a
    WHERE c.relnamespace = 'datadrop'::regnamespace
    UNION ALL
    SELECT
        'FUNCTION',
        p.proname::text,
        a.privilege_type,
        a.grantee,
        a.is_grantable,
        p.proowner
    FROM pg_proc AS p
    CROSS JOIN aclexplode(p.proacl) AS a
    WHERE p.pronamespace = 'datadrop'::regnamespace
) AS g (kind, object, privilege, grantee, grantable, owner)
WHERE g.grantee NOT IN (0, g.owner)
GROUP BY g.kind, g.object, g.privilege, g.grantee
ON CONFLICT DO NOTHING
