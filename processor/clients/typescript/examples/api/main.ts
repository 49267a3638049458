// DATADROP_SERVER=http://127.0.0.1:8132 DATADROP_TOKEN=… PORT=3000 node main.js

import { Datadrop } from 'datadrop-client'

import { buildApi } from './api.js'

const datadrop = new Datadrop({
  server: process.env.DATADROP_SERVER ?? 'http://127.0.0.1:8132',
  token: process.env.DATADROP_TOKEN,
})
const address = await buildApi(datadrop).listen({ port: Number(process.env.PORT ?? 3000) })
console.log(`listening on ${address}`)
