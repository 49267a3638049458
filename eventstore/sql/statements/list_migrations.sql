SELECT m.name, m.version, m.checksum
FROM datadrop.schema_migrations AS m
