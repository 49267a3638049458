#!/usr/bin/env bash
# A server-sent block that has an `id:` and no `data:` dispatches no event, but it moves the last event
# id: the HTML standard sets the id before it looks whether there is data. So a server may tell a reader
# where it begins, and the reader comes back with that id when it is cut off before the first event.
# npm's eventsource drops such a block, id and all: it comes back without Last-Event-ID. The same id in
# a block with data is kept.
# Expected: Last-Event-ID: 41 on both ways. So what a reader must not miss cannot hang on an id that
# came alone; whoever asked for `latest` and was cut off early asks for `latest` again.
#
# Needs Node.js 18 or later and npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund eventsource@3.0.7 eventsource-parser@3.1.1 >/dev/null
cat >try.mjs <<'END'
import { createServer } from 'node:http';
import { EventSource } from 'eventsource';

// Serves one block, hangs up, and tells with which id the reader came back.
async function idAfter(block) {
  let visits = 0, told;
  const back = new Promise((resolve) => { told = resolve; });
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    if (++visits === 1) return response.end(`retry: 10\n${block}\n`);
    told(request.headers['last-event-id'] ?? 'none');
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  const id = await back;
  source.close();
  server.closeAllConnections();
  server.close();
  return id;
}
console.log(`id with data: came back with ${await idAfter('id: 41\ndata: something\n')}`);
console.log(`id alone: came back with ${await idAfter('id: 41\n')}`);
END
seen=$(node try.mjs)
node -p '"eventsource " + require("./node_modules/eventsource/package.json").version'
echo "$seen"
[ "$seen" = "id with data: came back with 41
id alone: came back with none" ] || { echo "the behaviour is another now" >&2; exit 1; }
