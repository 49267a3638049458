-- Where migrate keeps what it has done: version is null for a repeatable object, whose file is
-- applied again whenever it has changed.
CREATE SCHEMA IF NOT EXISTS datadrop;
CREATE TABLE IF NOT EXISTS datadrop.schema_migrations (
    name        text        PRIMARY KEY,
    version     integer     UNIQUE,
    checksum    text        NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
