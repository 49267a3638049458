// The description of the HTTP interface against what real servers answered to the end-to-end tests:
// every answer is described, and what is described was answered. DATADROP_DESCRIPTION and
// DATADROP_EXCHANGES name the files.
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { AnswerJudge } from './answer_judge.mjs'
import { Coverage } from './coverage.mjs'
import { Description, pointer } from './description.mjs'

const description = new Description(process.env.DATADROP_DESCRIPTION)
const coverage = new Coverage(description)
const judge = new AnswerJudge(description, coverage)
const lines = readFileSync(process.env.DATADROP_EXCHANGES, 'utf8').trimEnd().split('\n')
const exchanges = lines.map((line) => JSON.parse(line))

/// What nobody can make a server answer from outside.
const unseen = /InternalError|internal_error/

function named({ method, target, request, status, body }, fault) {
  return `${method} ${target} ${request?.slice(0, 200)} -> ${status} ${body.slice(0, 300)}: ${fault}`
}

/// The schemas of all answers.
function answered() {
  const places = ['/components/schemas/FeedEvent']
  for (const [path, item] of Object.entries(description.document.paths))
    for (const verb of ['get', 'post'])
      for (const status in item[verb]?.responses) {
        const { value, place } = description.at(pointer('paths', path, verb, 'responses', status))
        for (const type in value.content) places.push(place + pointer('content', type, 'schema'))
      }
  return places
}

test('every answer is described', () => {
  assert.ok(exchanges.length > 1000)
  const faults = exchanges.flatMap((exchange) => judge.faults(exchange).map((fault) => named(exchange, fault)))
  assert.deepEqual(faults.slice(0, 20), [])
})

test('every property and code that is described was answered', () => {
  assert.deepEqual(coverage.missing(answered()).filter((place) => !unseen.test(place)), [])
})

test('an answer that is not described is found', () => {
  const accepted = exchanges.find(({ status, body }) => status === 200 && body.startsWith('{"outcome":"accepted"'))
  const unknown = exchanges.find(({ status, body }) => status === 404 && body.includes('route_not_found'))
  const field = (change) => ({ ...accepted, body: JSON.stringify({ ...JSON.parse(accepted.body), ...change }) })
  const header = (change) => ({ ...accepted, headers: { ...accepted.headers, ...change } })
  assert.deepEqual(judge.faults(accepted), [])
  for (const wrong of [
    { ...accepted, status: 202 },
    { ...accepted, target: '/v1/nothing' },
    { ...accepted, method: 'DELETE' },
    { ...accepted, request: '{"guild_id":5}' },
    { ...accepted, body: '' },
    { ...unknown, status: 410 },
    field({ position: undefined }),
    field({ position: 7 }),
    field({ mood: 'good' }),
    header({ 'content-type': 'text/html' }),
    header({ 'x-powered-by': 'steam' }),
    header({ date: undefined }),
    header({ 'cache-control': 'public' }),
  ])
    assert.notDeepEqual(judge.faults(wrong), [], JSON.stringify(wrong))
})
