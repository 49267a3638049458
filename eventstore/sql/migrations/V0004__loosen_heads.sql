-- Room for updates in place: with half a page free a look-up finds fewer dead versions to prune. The
-- tail's page is pruned once in a while instead of at each append.
ALTER TABLE datadrop.heads SET (fillfactor = 50);
ALTER TABLE datadrop.tails SET (fillfactor = 90);

-- Their arguments change.
DROP FUNCTION IF EXISTS datadrop.append(
    smallint, bigint[], bigint[], bigint[], smallint[], smallint[], boolean[], bigint[], integer[],
    text[], smallint[], smallint[], smallint[], smallint[], text[], text[], text[], bigint[], bytea[],
    integer[], text[], bigint);
DROP FUNCTION IF EXISTS datadrop.redrive(
    smallint, bigint[], bigint[], bigint[], smallint[], smallint[], boolean[], bigint[], integer[],
    text[], smallint[], smallint[], smallint[], smallint[], text[], text[], text[], bigint[], bytea[],
    integer[], text[], bigint, smallint, text, text, bytea);
DROP FUNCTION IF EXISTS datadrop.lock_tail(smallint);
