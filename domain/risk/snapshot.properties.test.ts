/** What a snapshot keeps is all there is: whoever goes on from one knows what he knew who read the whole log. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Hash } from '#domain/kernel/ids'
import { digestOf } from '#domain/risk/snapshot'
import { type Standing, type Standings, standingsFold } from '#domain/risk/standing'
import { readOn } from '#domain/risk/testing/guard'
import { play } from '#domain/risk/testing/history'
import { asText, snapshotOf } from '#domain/risk/testing/snapshot'
import { history } from '#domain/risk/testing/steps'
import type { RecordedEvent } from '#schemas/envelope'
import { prop } from '#testing/prop'

/** The text itself, so that a difference can be read. */
const all: Hash = (text) => text
const folded = (events: readonly RecordedEvent[], standings = standingsFold()): Standings => {
  for (const recorded of events)
    if (standings.apply(recorded) !== undefined) throw new Error('forked')
  return standings
}
const digest = (standings: Standings): string => {
  const state = standings.state()
  return state === undefined ? 'entered' : digestOf(state, all)
}
const shown = (standings: Standings): readonly string[] =>
  [...standings.all()].map(shownBook).toSorted()
const shownBook = (standing: Standing): string => {
  const { desk, equity } = standing
  const worth = asText([equity.worth(), equity.marks(), [...equity.markets()].toSorted()])
  return `${desk.book} ${worth} ${snapshotOf(standing)}`
}

prop(
  'a fold that goes on from a copy of its state is the fold that never stopped',
  fc.tuple(history, fc.double({ min: 0, max: 1, noNaN: true })),
  ([each, share]) => {
    const { log } = play(each, () => undefined)
    const cut = Math.floor(log.events.length * share)
    const before = folded(log.events.slice(0, cut)).state()
    if (before === undefined) throw new Error('nothing was entered')
    const goesOn = standingsFold(structuredClone(before))
    expect(shown(goesOn)).toStrictEqual(shown(folded(log.events.slice(0, cut))))
    folded(log.events.slice(cut), goesOn)
    const whole = folded(log.events)
    expect(digest(goesOn)).toBe(digest(whole))
    expect(shown(goesOn)).toStrictEqual(shown(whole))
  },
)
prop('what guards decided and entered leaves no trace but what is on the log', history, (each) => {
  const { log, guards } = play(each, () => undefined)
  const whole = digest(folded(log.events))
  for (const guard of guards) {
    readOn(guard, log, Infinity)
    expect(digest(guard.standings)).toBe(whole)
  }
})
prop('what has been entered and is not on the log is in no snapshot', history, (each) => {
  const { log, guards } = play(each, () => undefined)
  for (const guard of guards) {
    const state = guard.standings.state()
    if (state === undefined) continue
    expect(digest(guard.standings)).toBe(digest(folded(log.events.slice(0, guard.read))))
  }
})
