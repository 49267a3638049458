SELECT pg_advisory_lock(hashtext('datadrop.migrate'))
