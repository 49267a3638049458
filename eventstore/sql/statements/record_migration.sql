INSERT INTO datadrop.schema_migrations (name, version, checksum)
VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE
SET checksum = EXCLUDED.checksum,
    applied_at = EXCLUDED.applied_at
