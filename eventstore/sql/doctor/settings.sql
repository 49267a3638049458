-- Every setting as a session of this role has it in this database, where it was set, whether a
-- change needs a restart, and the words that it takes, joined by commas, if it takes words.
SELECT
    s.name,
    s.setting,
    s.source,
    s.context = 'postmaster',
    coalesce(array_to_string(s.enumvals, ','), '')
FROM pg_settings AS s
