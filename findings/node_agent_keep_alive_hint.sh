#!/usr/bin/env bash
# A server tells how long it keeps an idle connection: `Keep-Alive: timeout=2`. Node's http.Agent with
# keepAlive reads that, takes a second off, and gives the connection up by then; but only where the
# agent has a `timeout` of its own that is longer. Without one, which is the default, what the server
# tells is not heeded, and a request goes out on a connection that its server closes at that moment.
# Expected: a connection that is idle for longer than its server told, less the second, is closed in
# both agents. So a client that keeps connections overrides keepSocketAlive, or sets a timeout.
#
# Needs Node.js 20 or later. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/try.mjs" <<'END'
import http from 'node:http';

const server = http.createServer((request, response) => {
  response.setHeader('Keep-Alive', 'timeout=2');
  response.setHeader('Connection', 'keep-alive');
  response.end();
});
server.keepAliveTimeout = 60_000; // so that it is the client who gives up, or nobody
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function idleAfter(agent) {
  await new Promise((resolve) => {
    http.get({ port: server.address().port, host: '127.0.0.1', agent },
      (response) => response.resume().on('end', resolve));
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const kept = Object.values(agent.freeSockets).flat().length;
  agent.destroy();
  return kept ? 'kept' : 'closed';
}
console.log(`without a timeout: ${await idleAfter(new http.Agent({ keepAlive: true }))}`);
console.log(`with a longer one: ${await idleAfter(new http.Agent({ keepAlive: true, timeout: 60_000 }))}`);
server.closeAllConnections();
server.close();
END
seen=$(node "$folder/try.mjs")
echo "Node.js $(node --version)"
echo "$seen"
[ "$seen" = "without a timeout: kept
with a longer one: closed" ] || { echo "the behaviour is another now" >&2; exit 1; }
