-- Tells the tables that serve a partition of the read model from those before and after a rebuild.
CREATE OR REPLACE FUNCTION datadrop.generation(_partition smallint) RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (to_regclass('datadrop.membership_' || _partition)::oid)::bigint;
