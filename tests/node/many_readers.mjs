// Many readers of the feed at SERVER_URL, each on a connection of its own. Prints "open" once all have
// begun, and "told N" when each has been told N events, for each N.
// usage: TOKEN=… node many_readers.mjs SERVER_URL READERS
import { connect } from 'node:net'

const { hostname, port } = new URL(process.argv[2])
const readers = Number(process.argv[3])
const request = `GET /v1/events?after=latest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${process.env.TOKEN}\r\n\r\n`
const counts = [] // how many have been told so many, by number
const say = (line) => process.stdout.write(`${line}\n`)

function count(number, what) {
  counts[number] = (counts[number] ?? 0) + 1
  if (counts[number] === readers) say(what)
}

function follow() {
  let told = 0
  let begun = false
  let rest = ''
  const socket = connect(Number(port), hostname, () => socket.write(request))
  socket.setEncoding('utf8')
  socket.on('data', (text) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) {
      if (!begun && /(^|\n)id: /.test(block)) {
        begun = true
        count(0, 'open')
      }
      if (block.includes('\ndata: ')) count(++told, `told ${told}`)
    }
  })
  socket.on('close', () => say('a reader lost its feed'))
  socket.on('error', (error) => say(error.message))
}

for (let i = 0; i < readers; ++i) follow()
