#!/usr/bin/env bash
# A trigger that is `ENABLE ALWAYS` fires whatever session_replication_role says: what keeps rows from
# being changed even by replication and by administrators is set so. `pg_restore --data-only
# --disable-triggers` takes all triggers of a table away while it fills it, and gives them back by
# ENABLE TRIGGER ALL, which is the ordinary kind: after the restore the trigger is there and enabled,
# `\d` lists it, and it does not fire any more where only ALWAYS does. Nothing is said.
# Expected: the trigger as it was. So whoever relies on ALWAYS looks at pg_trigger.tgenabled ('A', not
# 'O') after a restore, and sets it again.
#
# Needs Debian 12's package sources. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'stop; rm -rf "$folder"' EXIT
chmod 755 "$folder"
bin=$folder/root/usr/lib/postgresql/15/bin
# PostgreSQL refuses to be root.
if [ "$(id -u)" = 0 ]; then as() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; }; else as() { "$@"; }; fi
stop() { [ ! -e "$folder/home/data/postmaster.pid" ] || as "$bin/pg_ctl" -D "$folder/home/data" -m immediate stop >/dev/null 2>&1 || true; }

cd "$folder"
apt-get download -qq postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
mkdir home
[ "$(id -u)" != 0 ] || chown 65534:65534 home
as "$bin/initdb" -D home/data -U owner -A trust >/dev/null
as "$bin/pg_ctl" -D "$folder/home/data" -w -l "$folder/home/log" -o "-c listen_addresses= -k $folder/home" start >/dev/null
sql() { as "$bin/psql" -h "$folder/home" -U owner -X -A -t -q -v ON_ERROR_STOP=1 -d "$1"; }
for name in first second; do
    echo "CREATE DATABASE $name" | sql postgres
    sql "$name" <<'END'
CREATE TABLE kept (number int);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never changed'; END $$;
CREATE TRIGGER never_changed BEFORE UPDATE ON kept FOR EACH STATEMENT EXECUTE FUNCTION refuse();
ALTER TABLE kept ENABLE ALWAYS TRIGGER never_changed;
END
done
echo "INSERT INTO kept VALUES (1)" | sql first
as "$bin/pg_dump" -h "$folder/home" -U owner -Fc -f home/dump first
as "$bin/pg_restore" -h "$folder/home" -U owner --data-only --disable-triggers -d second home/dump

enabled() { echo "SELECT tgenabled FROM pg_trigger WHERE tgname = 'never_changed'" | sql "$1"; }
changed() { echo "SET session_replication_role = replica; UPDATE kept SET number = 2" | sql "$1" 2>/dev/null && echo changed || echo refused; }
seen="before: $(enabled first), an update as a replica is $(changed first)
restored: $(enabled second), an update as a replica is $(changed second)"
"$bin/pg_restore" --version
echo "$seen"
[ "$seen" = "before: A, an update as a replica is refused
restored: O, an update as a replica is changed" ] || { echo "the behaviour is another now" >&2; exit 1; }
