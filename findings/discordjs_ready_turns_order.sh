#!/usr/bin/env bash
# Until all guilds are there, discord.js keeps what the gateway tells besides in a queue, and emits it when
# the client is ready. But it takes one packet out of the queue a turn of the event loop, and hands over
# what arrives meanwhile at once, in front of all that is queued: somebody whose ban is told before the
# last guild, and whose pardon right behind it, is pardoned first and banned then.
# Expected: events in the order in which the gateway tells them. So a bot whose record depends on the
# order listens to the dispatches (`client.ws.on('GUILD_BAN_ADD', …)`), which are not queued.
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

const user = (id) => ({ id, username: `user${id}`, discriminator: '0', avatar: null });
const guild = (id) => ({
  id, name: 'guild', roles: [], channels: [], threads: [], emojis: [], stickers: [], features: [], voice_states: [], presences: [],
  stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [], member_count: 1, members: [],
});

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url, shards: 1, session_start_limit: { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 } }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `ws://127.0.0.1:${server.address().port}`;
let s = 0;
new WebSocketServer({ server }).on('connection', (socket) => {
  const tell = (t, d) => socket.send(JSON.stringify({ op: 0, t, d, s: ++s }));
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45000 } }));
  socket.on('message', (text) => {
    if (JSON.parse(text).op !== 2) return;
    const guilds = [{ id: '5', unavailable: true }, { id: '6', unavailable: true }];
    tell('READY', { v: 10, user: user('9'), guilds, session_id: 'a', resume_gateway_url: url, application: { id: '9', flags: 0 } });
    tell('GUILD_CREATE', guild('5'));
    tell('GUILD_BAN_ADD', { guild_id: '5', user: user('1') });
    tell('GUILD_CREATE', guild('6'));
    tell('GUILD_BAN_REMOVE', { guild_id: '5', user: user('1') });
  });
});

const client = new Client({ intents: 7, rest: { ...Options.createDefault().rest, api: url.replace('ws', 'http') } });
const dispatched = [], emitted = [];
for (const t of ['GUILD_BAN_ADD', 'GUILD_BAN_REMOVE']) client.ws.on(t, () => dispatched.push(t));
const both = new Promise((done) => {
  for (const name of ['guildBanAdd', 'guildBanRemove']) client.on(name, () => emitted.push(name) === 2 && done());
});
client.login('OQ.x.y');
await both;
console.log(`dispatched: ${dispatched.join(' ')}`);
console.log(`emitted: ${emitted.join(' ')}`);
process.exit();
END
seen=$(node try.mjs)
node -p '"discord.js " + require("discord.js").version'
echo "$seen"
[ "$seen" = "dispatched: GUILD_BAN_ADD GUILD_BAN_REMOVE
emitted: guildBanRemove guildBanAdd" ] || { echo "the behaviour is another now" >&2; exit 1; }
