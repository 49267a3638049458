#!/usr/bin/env bash
# JSON Schema 2020-12, and with it OpenAPI 3.1, says "this field exactly when that one has this value"
# by if, then and else beside the properties. An object that keeps it is valid, as Ajv finds.
# Redocly's rule no-invalid-media-type-examples, one of the recommended, closes each schema that has
# properties before it looks, those below if, then and else too, which know one property each: it
# warns of every other property of a right example.
# Expected: no warning. So a description that the recommended rules shall pass says such a bond in
# words, and a test of the answers holds it.
#
# Needs Node.js 20.19 or later and npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund @redocly/cli@2.77.0 ajv@8.20.0 >/dev/null
cat >try.cjs <<'JS'
const { writeFileSync } = require('node:fs')
const Ajv = require('ajv/dist/2020')

const schema = {
  type: 'object',
  properties: { code: { type: 'string' }, allowed: { type: 'string' } },
  additionalProperties: false,
  if: { properties: { code: { const: 'refused' } } },
  then: { required: ['allowed'], properties: { allowed: true } },
  else: { properties: { allowed: false } },
}
const example = { code: 'refused', allowed: 'Join' }
console.log(`Ajv: ${new Ajv({ strict: false }).validate(schema, example) ? 'valid' : 'invalid'}`)

const content = { 'application/json': { schema, example } }
writeFileSync('api.json', JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: { '/x': { get: { responses: { 200: { description: 'x', content } } } } },
}))
JS
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
seen=$(node try.cjs
{ node_modules/.bin/redocly lint --extends=recommended --format=json api.json 2>/dev/null || true; } |
    grep -o 'must NOT have unevaluated properties `[a-z]*`')
node -p '"Redocly " + require("./node_modules/@redocly/cli/package.json").version'
echo "$seen"
[ "$seen" = 'Ajv: valid
must NOT have unevaluated properties `code`' ] || { echo "the behaviour is another now" >&2; exit 1; }
