// DATADROP_SERVER=http://127.0.0.1:8132 DATADROP_TOKEN=… ADMINS='{"a-long-secret":"ada"}' PORT=3000 node main.js
//
// ADMINS stands for the sessions of your own: who has that secret as `authorization: Bearer …` is that admin.

import { Datadrop } from 'datadrop-client'

import { buildApi } from './api.js'

const datadrop = new Datadrop({
  server: process.env.DATADROP_SERVER ?? 'http://127.0.0.1:8132',
  token: process.env.DATADROP_TOKEN,
})
const admins = new Map(Object.entries(JSON.parse(process.env.ADMINS ?? '{}') as Record<string, string>))
const api = buildApi({
  datadrop,
  adminOf: ({ headers }) => admins.get(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''),
})
console.log(`listening on ${await api.listen({ port: Number(process.env.PORT ?? 3000) })}`)
