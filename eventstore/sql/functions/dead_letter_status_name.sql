-- The name of where a dead letter stands.
CREATE OR REPLACE FUNCTION datadrop.dead_letter_status_name(_number smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY[
    'parked',
    'redriven',
    'discarded'
])[_number + 1];
