-- What a writer knows exactly as of a tail needs no look-up while that is the tail: so a chain says
-- whether it does.
ALTER TYPE datadrop.append_chain ADD ATTRIBUTE exact boolean;

-- Their arguments or answers change.
DROP FUNCTION IF EXISTS datadrop.append(
    smallint, datadrop.append_chain[], datadrop.append_step[], integer[], text[], bigint);
DROP FUNCTION IF EXISTS datadrop.redrive(
    smallint, datadrop.append_chain[], datadrop.append_step[], integer[], text[], bigint, smallint,
    text, text, bytea, bigint);
DROP FUNCTION IF EXISTS datadrop.heads_of(smallint, bigint[], bigint[]);
DROP FUNCTION IF EXISTS datadrop.reserve(smallint, bigint[], bigint[]);
