// A bot whose members' lifecycle is on record: what Discord tells is recorded, and /verify asks for a
// verification. Start it beside a datadrop server:
//
//   DATADROP_SERVER=http://127.0.0.1:8132 DATADROP_TOKEN=… DISCORD_TOKEN=… node main.js
//
// `datadrop token create --name bot --source bot --scopes submit,read` made the token, once.
//
// On Discord it needs the privileged intent Server Members, and in the guild View Audit Log (who kicked
// and banned, and why) and Ban Members (who is banned).

import { Datadrop } from 'datadrop-client'

import { startBot } from './bot.js'

const { DATADROP_SERVER: server = 'http://127.0.0.1:8132', DATADROP_TOKEN: token = '', DISCORD_TOKEN = '' } = process.env
const bot = await startBot({ datadrop: new Datadrop({ server, token }), discord_token: DISCORD_TOKEN })

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void bot.stop())
