// Lives of a member, told in every order that chance finds, to one bot or to several at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Recorder } from 'datadrop-client/discord'

import { chanceOf } from './support/chance.js'
import { lifeOf, type Life, type LifeChoices } from './support/member_life.js'
import { MemoryRecords } from './support/memory_records.js'

/** `mid_life`: all bots but the first begin to hear at a later change, drawn by chance. */
interface Choices extends LifeChoices { bots: number, mid_life?: boolean }

async function live(seed: number, { bots, mid_life = false, ...choices }: Choices): Promise<{ life: Life, records: MemoryRecords }> {
  const chance = chanceOf(seed)
  const life = lifeOf(chance, choices)
  const records = new MemoryRecords(chance)
  const recorders = Array.from({ length: bots }, (_, i) => ({
    recorder: new Recorder(records, { entryWithin: 60_000 }), next: mid_life && i > 0 ? life.begins[chance(life.begins.length)]! : 0,
  }))
  while (recorders.some(({ next }) => next < life.facts.length)) {
    const bot = recorders[chance(bots)]!
    if (bot.next < life.facts.length) bot.recorder.tell(life.facts[bot.next++])
    for (let turns = chance(40); turns > 0; --turns) await Promise.resolve()
  }
  for (const { recorder } of recorders) await recorder.idle({ now: true })
  return { life, records }
}

async function expectLives(seeds: number, choices: Choices) {
  for (let seed = 1; seed <= seeds; ++seed) {
    const { life, records } = await live(seed, choices)
    assert.equal(records.state, life.ends, `seed ${seed}: ${life.changes.join(' ')}\n${told(life)}\n${written(records)}`)
  }
}

const told = ({ facts }: Life) => facts.map((fact) => ('entry' in fact ? `${fact.fact}(entry)` : fact.fact)).join(', ')
const written = ({ events }: MemoryRecords) => events.map(({ event, idempotency_key }) => `${event} ${idempotency_key}`).join('\n')

test('one bot: entries that come in time', () => expectLives(1_000, { bots: 1, changes: 6, latest: 0 }))
test('one bot: entries up to two changes late', () => expectLives(1_000, { bots: 1, changes: 6, latest: 2 }))
test('three bots hear the same, each in its time', () => expectLives(1_000, { bots: 3, changes: 6, latest: 0 }))
test('one bot that may not see the audit log', () => expectLives(1_000, { bots: 1, changes: 6, latest: undefined }))
test('three bots, and late entries', () => expectLives(1_000, { bots: 3, changes: 6, latest: 2 }))
test('a bot, and two that begin to hear in the middle of a life', () => expectLives(1_000, { bots: 3, changes: 6, latest: 0, mid_life: true }))
