/** The folded state of all books as bytes, and back. Everything in it is plain data, and shared data stays shared. */
import { deserialize, serialize } from 'node:v8'
import type { StandingsState } from '#domain/risk/standing'

/** What another engine wrote may mean something else to this one: it is not read. */
export const codec = `v8 ${process.versions.v8}`

export const bodyOf = ({ holdings, desks }: StandingsState): Uint8Array =>
  serialize({ holdings, desks })

/** Undefined where it is not what was written. What it says is only believed once its digest is the recorded one. */
export const stateIn = (body: Uint8Array): StandingsState | undefined => {
  try {
    const state: unknown = deserialize(body)
    return isState(state) ? state : undefined
  } catch {
    return undefined
  }
}
const isState = (u: unknown): u is StandingsState =>
  typeof u === 'object' && u !== null && 'holdings' in u && 'desks' in u && u.desks instanceof Map
