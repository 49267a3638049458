#!/usr/bin/env bash
# A property of a JSON Schema that is not required and has a `default` may be left out: the default says
# what its absence means. openapi-typescript makes it one that must be there, for who sends as for who
# reads (its option defaultNonNullable, on unless told otherwise): a request that leaves it out, which
# the server takes, does not compile.
# Expected: an optional property. So a description whose requests are compiled by others says in words
# what an absent field means.
#
# Needs Node.js 20 or later and npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3 >/dev/null
cat >api.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "x", "version": "1" },
  "paths": {},
  "components": {
    "schemas": {
      "Request": {
        "type": "object",
        "properties": { "plain": { "type": "string" }, "defaulted": { "type": "string", "default": "a" } }
      }
    }
  }
}
JSON
node_modules/.bin/openapi-typescript api.json -o api.ts >/dev/null 2>&1
seen=$(grep -oE '(plain|defaulted)\??: string' api.ts)
node -p '"openapi-typescript " + require("./node_modules/openapi-typescript/package.json").version'
echo "$seen"
[ "$seen" = 'plain?: string
defaulted: string' ] || { echo "the behaviour is another now" >&2; exit 1; }
