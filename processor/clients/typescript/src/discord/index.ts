// datadrop for bots on discord.js 14: keys, facts, and a recorder of both.

export { keyOf } from './keys.js'
export { factOf } from './facts.js'
export type { Banned, Entry, Fact, Joined, Kicked, Left, Unbanned } from './facts.js'
export type { Nothing } from './decide.js'
export { Recorder } from './recorder.js'
export { NotRecordedError } from './not_recorded.js'
export type { Recorded, RecorderOptions, Records } from './recorder_options.js'
export type { CatchUpOptions, CaughtUp } from './catch_up.js'
