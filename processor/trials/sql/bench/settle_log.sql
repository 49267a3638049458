VACUUM (ANALYZE) datadrop.events
