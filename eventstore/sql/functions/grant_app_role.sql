-- Grants a role what a running server needs. Nobody else may call anything here.
CREATE OR REPLACE FUNCTION datadrop.grant_app_role(_role text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    _right record;
BEGIN
    FOR _right IN SELECT * FROM datadrop.app_role_rights() LOOP
        EXECUTE format('GRANT %s ON %s %s TO %I', _right.privilege, _right.kind, _right.object,
            _role);
    END LOOP;
END
$$;
