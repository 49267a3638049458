-- The name of a dead letter's event.
CREATE OR REPLACE FUNCTION datadrop.dead_letter_event_name(_number smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY[
    'CommandParked',
    'CommandRedriven',
    'RedriveFailed',
    'CommandDiscarded'
])[_number + 1];
