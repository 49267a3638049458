#!/usr/bin/env bash
# libpq's PQerrorMessage tells the last error of a connection, and goes on telling it until the next
# command. In pipeline mode it is empty again as soon as the point behind the refused statement
# (PGRES_PIPELINE_SYNC) has been taken, which comes of no command of the caller's, and is where one
# learns that the statement's transaction is over. There is no sign that something has been forgotten.
# Expected: the text, as without a pipeline. So the refused statement's own result has to be kept until
# then, and asked with PQresultErrorMessage.
#
# Needs python3 and Debian 12's package sources. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'stop; rm -rf "$folder"' EXIT
chmod 755 "$folder"
bin=$folder/root/usr/lib/postgresql/15/bin
# PostgreSQL refuses to be root.
if [ "$(id -u)" = 0 ]; then as() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; }; else as() { "$@"; }; fi
stop() { [ ! -e "$folder/home/data/postmaster.pid" ] || as "$bin/pg_ctl" -D "$folder/home/data" -m immediate stop >/dev/null 2>&1 || true; }

cd "$folder"
version=15.18-0+deb12u1
apt-get download -qq "postgresql-15=$version" "postgresql-client-15=$version" "libpq5=$version" 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
mkdir home
[ "$(id -u)" != 0 ] || chown 65534:65534 home
as "$bin/initdb" -D home/data -U owner -A trust >/dev/null
as "$bin/pg_ctl" -D "$folder/home/data" -w -l "$folder/home/log" -o "-c listen_addresses= -k $folder/home" start >/dev/null
cat >try.py <<'END'
import ctypes
import glob
import sys

pq = ctypes.CDLL(glob.glob(sys.argv[1] + "/root/usr/lib/*/libpq.so.5")[0])
for name in ("PQconnectdb", "PQexec", "PQgetResult"):
    getattr(pq, name).restype = ctypes.c_void_p
for name in ("PQerrorMessage", "PQresultErrorMessage", "PQresStatus"):
    getattr(pq, name).restype = ctypes.c_char_p
db = ctypes.c_void_p(pq.PQconnectdb(f"host={sys.argv[1]}/home user=owner dbname=postgres".encode()))
refused = b"SELECT 1 / 0"


def said(text):
    return (text.decode().splitlines() or ["nothing"])[0]


pq.PQexec(db, refused)
print("without a pipeline:", said(pq.PQerrorMessage(db)))
pq.PQenterPipelineMode(db)
pq.PQsendQueryParams(db, refused, 0, None, None, None, None, 0)
pq.PQpipelineSync(db)
answer = ctypes.c_void_p(pq.PQgetResult(db))
print("behind the answer:", said(pq.PQerrorMessage(db)))
assert pq.PQgetResult(db) is None
end = ctypes.c_void_p(pq.PQgetResult(db))
print(pq.PQresStatus(pq.PQresultStatus(end)).decode())
print("behind the end:", said(pq.PQerrorMessage(db)))
print("the answer's own:", said(pq.PQresultErrorMessage(answer)))
END
seen=$(python3 try.py "$folder")
echo "libpq5 $version"
echo "$seen"
[ "$seen" = "without a pipeline: ERROR:  division by zero
behind the answer: ERROR:  division by zero
PGRES_PIPELINE_SYNC
behind the end: nothing
the answer's own: ERROR:  division by zero" ] || { echo "the behaviour is another now" >&2; exit 1; }
