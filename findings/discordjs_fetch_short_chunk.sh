#!/usr/bin/env bash
# `guild.members.fetch()` asks Discord's gateway for all members, who come in chunks of at most 1,000, each
# with its `chunk_index` and the `chunk_count` of the whole. That a chunk before the last one is full
# stands nowhere. discord.js takes a chunk of fewer than 1,000 for the last one, whatever its index and
# count: it resolves with what it has until then, as if that were all, and without an error.
# Expected: all members of all chunks. So whoever looks for people who are members no more reads them in
# pages (`guild.members.list({ limit, after })`) until one is empty.
#
# Needs Node.js 18 or later and npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund discord.js@14.28.1 ws@8.23.0 >/dev/null
cat >try.mjs <<'END'
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Client, Options } from 'discord.js';
import { WebSocketServer } from 'ws';

const user = (id) => ({ id: String(id), username: `user${id}`, discriminator: '0', avatar: null });
const member = (id) => ({ user: user(id), roles: [], joined_at: '2026-01-01T00:00:00.000000+00:00', flags: 0 });
const guild = {
  id: '5', name: 'guild', roles: [], channels: [], threads: [], emojis: [], stickers: [], features: [], voice_states: [],
  presences: [], stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [], member_count: 2500, members: [member(9)],
};

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url, shards: 1, session_start_limit: { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 } }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `ws://127.0.0.1:${server.address().port}`;
let s = 0, sizes;
const tell = (socket, t, d) => socket.send(JSON.stringify({ op: 0, t, d, s: ++s }));
function tellChunks(socket, nonce) {
  let id = 100;
  sizes.forEach((size, chunk_index) => tell(socket, 'GUILD_MEMBERS_CHUNK', {
    guild_id: '5', chunk_index, chunk_count: sizes.length, nonce, members: Array.from({ length: size }, () => member(id++)),
  }));
}
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45000 } }));
  socket.on('message', (text) => {
    const { op, d } = JSON.parse(text);
    if (op === 8) tellChunks(socket, d.nonce);
    if (op !== 2) return;
    tell(socket, 'READY', { v: 10, user: user(9), guilds: [{ id: '5', unavailable: true }], session_id: 'a', resume_gateway_url: url, application: { id: '9', flags: 0 } });
    tell(socket, 'GUILD_CREATE', guild);
  });
});

const client = new Client({ intents: 3, rest: { ...Options.createDefault().rest, api: url.replace('ws', 'http') } });
client.login('OQ.x.y');
await once(client, 'clientReady');
for (sizes of [[1000, 1000, 500], [1000, 999, 501]]) {
  const { size } = await client.guilds.cache.get('5').members.fetch();
  console.log(`chunks of ${sizes.join(', ')}: ${size} of 2500 members`);
}
process.exit();
END
seen=$(node try.mjs)
node -p '"discord.js " + require("discord.js").version'
echo "$seen"
[ "$seen" = "chunks of 1000, 1000, 500: 2500 of 2500 members
chunks of 1000, 999, 501: 1999 of 2500 members" ] || { echo "the behaviour is another now" >&2; exit 1; }
