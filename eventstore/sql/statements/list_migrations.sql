-- The collation is said, since a migration gives the column another one under the statement.
SELECT m.name COLLATE "C", m.version, m.checksum
FROM datadrop.schema_migrations AS m
