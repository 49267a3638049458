-- The time of microseconds since 1970, exactly: seconds and the rest apart, since PostgreSQL
-- multiplies intervals in floating point.
CREATE OR REPLACE FUNCTION datadrop.from_micros(_micros bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (timestamp '1970-01-01 00:00:00'
    + (_micros / 1000000) * interval '1 second'
    + (_micros % 1000000) * interval '1 microsecond') AT TIME ZONE 'UTC';
