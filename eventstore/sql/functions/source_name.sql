-- The name of who submitted.
CREATE OR REPLACE FUNCTION datadrop.source_name(_number smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY[
    'bot',
    'api',
    'operator',
    'system'
])[_number + 1];
