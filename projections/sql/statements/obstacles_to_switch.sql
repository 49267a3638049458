-- What would keep a rebuild's new tables from taking the place of those in service: a role that
-- does not own them, and what hangs on the tables of single partitions, which are replaced.
WITH parents AS (
    SELECT
        c.oid,
        c.relname,
        c.relowner
    FROM pg_class AS c
    WHERE c.oid IN ('datadrop.membership'::regclass, 'datadrop.dead_letters'::regclass)
),
children AS (
    SELECT
        c.oid,
        c.reltype
    FROM pg_inherits AS i
    JOIN pg_class AS c
        ON c.oid = i.inhrelid
    WHERE i.inhparent IN (SELECT p.oid FROM parents AS p)
)
SELECT format('the role %s is not the owner of datadrop.%s', current_user, p.relname)
FROM parents AS p
WHERE NOT pg_has_role(p.relowner, 'USAGE')
UNION
SELECT format('%s refers to it', pg_describe_object('pg_constraint'::regclass, k.oid, 0))
FROM pg_constraint AS k
WHERE k.contype = 'f'
    AND k.conparentid = 0
    AND (k.confrelid IN (SELECT p.oid FROM parents AS p)
        OR k.confrelid IN (SELECT c.oid FROM children AS c))
UNION
SELECT format('%s depends on it', pg_describe_object(d.classid, d.objid, d.objsubid))
FROM pg_depend AS d
JOIN children AS c
    ON (d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
    OR (d.refclassid = 'pg_type'::regclass AND d.refobjid = c.reltype)
WHERE d.deptype = 'n'
    AND d.classid <> 'pg_constraint'::regclass
