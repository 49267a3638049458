-- What the figures hang on.
SELECT s.name, current_setting(s.name)
FROM pg_settings AS s
WHERE s.name IN (
    'server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers',
    'max_wal_size')
ORDER BY s.name
