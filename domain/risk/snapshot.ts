/** What a snapshot of the guard is known by: the version of the folds, and a hash of what they hold. */
import type { Hash } from '#domain/kernel/ids'
import type { StandingsState } from '#domain/risk/standing'
import { canonicalPieces } from '#domain/values/canonical'

/**
 * To be raised whenever a fold of the guard holds something else than before after the same events, or holds it in
 * another shape: what an older build has folded is then not gone on from. A test holds it to that.
 */
export const foldVersion = 3

/** State, fold, what is in it, one by one: deep enough that no piece holds more than one order. */
const depth = 4
const chunkCharacters = 65_536

/**
 * The hash of a state, whatever the order in which it was filled. It comes to rest again and again, so that whoever
 * asks can do something else in between; the state may not change until it is done.
 */
export const digesting = function* (
  { holdings, desks }: StandingsState,
  hash: Hash,
): Generator<undefined, string> {
  let digest = ''
  let chunk = ''
  for (const piece of canonicalPieces({ holdings, desks }, depth)) {
    chunk += piece
    if (chunk.length < chunkCharacters) continue
    digest = hash(digest + chunk)
    chunk = ''
    yield
  }
  return hash(digest + chunk)
}
/** The same at once. */
export const digestOf = (state: StandingsState, hash: Hash): string => {
  const work = digesting(state, hash)
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}
