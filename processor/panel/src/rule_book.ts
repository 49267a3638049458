// The states that a member can be in, as the server has them.

import type { TransitionTable } from './records'
import type { Context } from './view'

export const transitionsRoute = '/v1/transitions'

/** None where the server, or the token, does not tell. */
export async function stateNames({ api, signal }: Context): Promise<string[]> {
  if (!api.offers(transitionsRoute)) return []
  return api.get<TransitionTable>(transitionsRoute.slice(1), { signal }).then(({ states }) => states.map(each => each.state), () => [])
}
