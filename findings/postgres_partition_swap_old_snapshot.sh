#!/usr/bin/env bash
# A partition is replaced in one transaction: its successor is made beside it and filled with the same
# rows, the old one is dropped or detached, the new one attached. Whoever reads before sees the old rows
# and whoever reads after sees the new ones. But a REPEATABLE READ transaction that has its snapshot from
# before, and comes to the table only after, finds the partition empty: the new rows are not in its
# snapshot, the old ones not in the table any more. There is no error: a sum over it is 0.
# Expected: the old rows, the new ones or a serialization failure. So the successor is filled by COPY
# with FREEZE, whose rows every snapshot sees; what is inserted otherwise stays unseen.
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
sql() { as "$bin/psql" -h "$folder/home" -U owner -X -A -t -q -v ON_ERROR_STOP=1 -d postgres; }
sql <<'END'
CREATE TABLE members (part int, name text) PARTITION BY LIST (part);
CREATE TABLE members_0 PARTITION OF members FOR VALUES IN (0);
INSERT INTO members SELECT 0, 'member ' || i FROM generate_series(1, 3) AS i;
END

# swapped FILL: what a transaction with a snapshot from before counts after the swap, and what a new one does.
swapped() {
    mkfifo home/go
    as "$bin/psql" -h "$folder/home" -U owner -X -A -t -q -d postgres >home/counted <<END &
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT 'snapshot of ' || count(*) || ' relation' FROM pg_class WHERE relname = 'members';
\! touch home/reads; read -r line <home/go
SELECT count(*) FROM members;
COMMIT;
SELECT count(*) FROM members;
END
    until [ -e home/reads ]; do sleep 0.05; done
    sql <<END
BEGIN;
CREATE TABLE next (LIKE members);
$1
DROP TABLE members_0;
ALTER TABLE next RENAME TO members_0;
ALTER TABLE members ATTACH PARTITION members_0 FOR VALUES IN (0);
COMMIT;
END
    echo go >home/go
    wait $!
    rm home/go home/reads
    tail -n 2 home/counted | paste -s -d ' '
}
seen="filled by INSERT: $(swapped 'INSERT INTO next SELECT * FROM members;')
filled by COPY with FREEZE: $(swapped "COPY next FROM PROGRAM 'printf \"0\\tmember 1\\n0\\tmember 2\\n0\\tmember 3\\n\"' (FREEZE);")"
"$bin/postgres" --version
echo "$seen"
[ "$seen" = "filled by INSERT: 0 3
filled by COPY with FREEZE: 3 3" ] || { echo "the behaviour is another now" >&2; exit 1; }
