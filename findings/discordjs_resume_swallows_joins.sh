#!/usr/bin/env bash
# When a bot's connection to Discord's gateway is cut and resumes, the gateway tells the events that were
# missed, in order, and RESUMED behind them. discord.js takes them in, but emits `guildMemberAdd` and
# `guildMemberRemove` only while its shard is ready, which a resuming one is again with RESUMED. So joins
# and removals of the time of the cut change its cache in silence, while bans of the same time are
# emitted; and the resume is reported as a success, with the number of events that were told again.
# Expected: what is told again is emitted as it is otherwise. So a bot that must miss nobody listens to
# the dispatches (`client.ws.on('GUILD_MEMBER_ADD', …)`), which come whatever state the shard is in.
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
const member = (id) => ({ guild_id: '5', user: user(id), roles: [], joined_at: '2026-01-01T00:00:00.000000+00:00', flags: 0 });
const guild = {
  id: '5', name: 'guild', roles: [], channels: [], threads: [], emojis: [], stickers: [], features: [], voice_states: [],
  presences: [], stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [], member_count: 2, members: [member('9'), member('1')],
};
const events = [
  ['GUILD_MEMBER_ADD', member('2')], ['GUILD_MEMBER_REMOVE', { guild_id: '5', user: user('1') }],
  ['GUILD_BAN_ADD', { guild_id: '5', user: user('1') }],
];

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url, shards: 1, session_start_limit: { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 } }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `ws://127.0.0.1:${server.address().port}`;
const gateway = new WebSocketServer({ server });
let s = 0, resumed;
const tell = (socket, t, d) => socket.send(JSON.stringify({ op: 0, t, d, s: ++s }));
gateway.on('connection', (socket) => {
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45000 } }));
  socket.on('message', (text) => {
    const { op } = JSON.parse(text);
    if (op === 2) {
      tell(socket, 'READY', { v: 10, user: user('9'), guilds: [{ id: '5', unavailable: true }], session_id: 'a', resume_gateway_url: url, application: { id: '9', flags: 0 } });
      tell(socket, 'GUILD_CREATE', guild);
    }
    if (op === 6) {
      for (const [t, d] of events) tell(socket, t, d);
      // On its own, as a network may deliver it: together in one packet with the last event, it would
      // be taken in before that one.
      setTimeout(() => tell(socket, 'RESUMED', {}), 200);
    }
  });
});

const client = new Client({ intents: 7, rest: { ...Options.createDefault().rest, api: url.replace('ws', 'http') } });
const dispatched = [], emitted = [];
for (const [t] of events) client.ws.on(t, () => dispatched.push(t));
client.on('guildMemberAdd', () => emitted.push('guildMemberAdd'));
client.on('guildMemberRemove', () => emitted.push('guildMemberRemove'));
client.on('guildBanAdd', () => emitted.push('guildBanAdd'));
client.login('OQ.x.y');
await once(client, 'clientReady');
for (const socket of gateway.clients) socket.terminate();
const [, replayed] = await once(client, 'shardResume');
const cached = [...client.guilds.cache.get('5').members.cache.keys()].sort();
console.log(`told again: ${replayed}, with RESUMED; dispatched: ${dispatched.join(' ')}`);
console.log(`emitted: ${emitted.join(' ')}; members in the cache: ${cached.join(' ')}`);
process.exit();
END
seen=$(node try.mjs)
node -p '"discord.js " + require("discord.js").version'
echo "$seen"
[ "$seen" = "told again: 4, with RESUMED; dispatched: GUILD_MEMBER_ADD GUILD_MEMBER_REMOVE GUILD_BAN_ADD
emitted: guildBanAdd; members in the cache: 2 9" ] || { echo "the behaviour is another now" >&2; exit 1; }
