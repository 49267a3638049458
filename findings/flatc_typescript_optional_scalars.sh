#!/usr/bin/env bash
# A FlatBuffers field that is declared optional (`number: long = null`) tells "absent" from zero. The
# TypeScript that flatc 2.0.8 of Debian 12 generates reads such a field rightly, null when it is absent,
# but writes it with a default of 0, and a builder leaves out what equals the default: 0, false and the
# first enumerator are written as absent, without an error. A reader in any language gets null.
# Expected: what was written is read. So a schema for other generators has no scalar whose zero means
# something: structs are always written, and enumerations begin at 1.
#
# Needs Debian 12's package sources and npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get download -qq flatbuffers-compiler=2.0.8+dfsg1-2 2>/dev/null
dpkg -x flatbuffers-compiler_*.deb flatc
npm install --silent --no-audit --no-fund flatbuffers@25.9.23 typescript@5.9.3 >/dev/null

cat >asked.fbs <<'END'
enum Colour : ubyte { red, green }
table Asked { number: long = null; colour: Colour = null; flag: bool = null; }
root_type Asked;
END
flatc/usr/bin/flatc --ts asked.fbs
cat >try.ts <<'END'
import * as flatbuffers from 'flatbuffers';
import { Asked } from './asked';
import { Colour } from './colour';

function again(number: bigint, colour: Colour, flag: boolean): string {
  const builder = new flatbuffers.Builder();
  Asked.startAsked(builder);
  Asked.addNumber(builder, number);
  Asked.addColour(builder, colour);
  Asked.addFlag(builder, flag);
  builder.finish(Asked.endAsked(builder));
  const read = Asked.getRootAsAsked(new flatbuffers.ByteBuffer(builder.asUint8Array()));
  return `${read.number()} ${read.colour()} ${read.flag()}`;
}
console.log(`written 1 1 true, read ${again(BigInt(1), Colour.green, true)}`);
console.log(`written 0 0 false, read ${again(BigInt(0), Colour.red, false)}`);
END
node_modules/.bin/tsc --target es2020 --module commonjs --skipLibCheck try.ts
seen=$(node try.js)
flatc/usr/bin/flatc --version
echo "$seen"
[ "$seen" = "written 1 1 true, read 1 1 true
written 0 0 false, read null null null" ] || { echo "the behaviour is another now" >&2; exit 1; }
