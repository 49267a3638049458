-- Collations that an index has keys in, and that were of another version when that was noted. That
-- of the database itself is looked at apart.
SELECT DISTINCT
    format('%I.%I', n.nspname, c.collname)
FROM pg_index AS i
CROSS JOIN unnest(i.indcollation) AS used (collation_oid)
JOIN pg_collation AS c ON c.oid = used.collation_oid
JOIN pg_namespace AS n ON n.oid = c.collnamespace
WHERE c.collprovider <> 'd'
    AND c.collversion <> pg_collation_actual_version(c.oid)
ORDER BY 1
