-- Who could append, read the server's key and write the read model before is a server's role, and
-- gets what is new for those, too.
DO $$
DECLARE
    _grant text;
    _server text;
BEGIN
    FOR _grant IN
        SELECT format(
            'GRANT %s ON %s %s TO %I%s',
            k.privilege,
            k.kind,
            o.name,
            k.grantee,
            CASE WHEN k.grantable THEN ' WITH GRANT OPTION' END)
        FROM datadrop.kept_grants AS k
        JOIN pg_roles AS r
            ON r.rolname = k.grantee
        CROSS JOIN LATERAL (
            SELECT 'datadrop'
            WHERE k.kind = 'SCHEMA'
            UNION ALL
            SELECT format('datadrop.%I', c.relname)
            FROM pg_class AS c
            WHERE k.kind = 'TABLE'
                AND c.relnamespace = 'datadrop'::regnamespace
                AND c.relname = k.object
            UNION ALL
            SELECT p.oid::regprocedure::text
            FROM pg_proc AS p
            WHERE k.kind = 'FUNCTION'
                AND p.pronamespace = 'datadrop'::regnamespace
                AND p.proname = k.object
        ) AS o (name)
    LOOP
        EXECUTE _grant;
    END LOOP;
    FOR _server IN
        SELECT k.grantee
        FROM datadrop.kept_grants AS k
        JOIN pg_roles AS r
            ON r.rolname = k.grantee
        WHERE (k.object, k.privilege) IN (
            ('append', 'EXECUTE'), ('server_key', 'SELECT'), ('membership', 'UPDATE'))
        GROUP BY k.grantee
        HAVING count(*) = 3
    LOOP
        PERFORM datadrop.grant_app_role(_server);
    END LOOP;
    DELETE FROM datadrop.kept_grants;
END
$$;
