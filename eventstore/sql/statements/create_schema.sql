-- Where migrate keeps what it has done: version is null for a repeatable object, whose file is
-- applied again whenever it has changed.
CREATE SCHEMA IF NOT EXISTS datadrop;
CREATE TABLE IF NOT EXISTS datadrop.schema_migrations (
    name        text        PRIMARY KEY,
    version     integer     UNIQUE,
    checksum    text        NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- What others than the owner may do, while a migrate is under way: an object that is made anew is
-- nobody's. It outlives a migrate that is killed, and the next one goes on with it.
CREATE TABLE IF NOT EXISTS datadrop.kept_grants (
    kind        text        COLLATE "C" NOT NULL,
    object      text        COLLATE "C" NOT NULL,
    privilege   text        COLLATE "C" NOT NULL,
    grantee     text        COLLATE "C" NOT NULL,
    grantable   boolean     NOT NULL,
    PRIMARY KEY (kind, object, privilege, grantee)
);
