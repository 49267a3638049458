SELECT pg_advisory_unlock(hashtext('datadrop.migrate'))
