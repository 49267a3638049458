-- How long things may take is the program's to say, whatever is set for its role or database: $1 is
-- for a statement, and its kin, which would cut short what that allows, are lifted. Not all of them
-- are known to every server.
SELECT set_config(t.name, CASE t.name WHEN 'statement_timeout' THEN $1::text ELSE '0' END, false)
FROM unnest(ARRAY[
    'statement_timeout',
    'lock_timeout',
    'idle_in_transaction_session_timeout',
    'idle_session_timeout',
    'transaction_timeout']) AS t (name)
WHERE current_setting(t.name, true) IS NOT NULL
