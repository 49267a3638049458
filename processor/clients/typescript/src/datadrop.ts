import type { Command, Member, Snowflake, State, Submitted } from './contract.js'

export interface Options { server: string, token: string }
export interface SubmitOptions { within?: number, signal?: AbortSignal }
export interface ReadOptions { signal?: AbortSignal }

const open = (): never => { throw new Error('not there yet') }

export class Datadrop {
  constructor(readonly options: Options) {}
  submit(_command: Command, _options?: SubmitOptions): Promise<Submitted> { return open() }
  submitAll(_commands: Iterable<Command> | AsyncIterable<Command>, _options?: SubmitOptions): AsyncIterableIterator<Submitted> { return open() }
  member(_guild_id: Snowflake, _user_id: Snowflake, _options?: ReadOptions & { min_position?: string }): Promise<Member | undefined> { return open() }
  members(_filter: { guild_id: Snowflake, state?: State }, _options?: ReadOptions): AsyncIterableIterator<Member> { return open() }
}
