-- Microseconds since 1970 of a time, exactly.
CREATE OR REPLACE FUNCTION datadrop.micros(_time timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (extract(epoch FROM _time AT TIME ZONE 'UTC') * 1000000)::bigint;
