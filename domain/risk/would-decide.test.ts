import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { Marks } from '#domain/market/marks'
import { daysInUtc } from '#domain/risk/testing/day-words'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import { snapshotOf } from '#domain/risk/testing/snapshot'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { intent, markAt, noon } from '#domain/risk/testing/words'
import { type Asked, waitingMost, wouldDecide } from '#domain/risk/would-decide'
import { uuidOf } from '#domain/testing/fixed'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderIntentRecorded } from '#schemas/events/order'

const marks: Marks = { symbols: () => [], markOf: (symbol) => markAt('65000', noon, symbol) }
const askedOn = (desk: Desk): Asked => ({
  intent: desk.log.append(intent(900_000), noon) as RecordedEvent<OrderIntentRecorded>,
  marks,
  sessionAt: sessionsInUtc,
  dayAt: daysInUtc,
  clock: noon,
  killSwitchIdOf: (_, revision) => uuidOf(Number(revision)),
})
const waiting = (count: number): Desk =>
  openDesk({}, ...Array.from({ length: count }, (_, n) => intent(n + 1)))

test('as many as may wait are decided before it, and of one more nothing is said', () => {
  const full = waiting(waitingMost)
  expect(wouldDecide(full.standing(), askedOn(full))).toMatchObject({ _tag: 'Right' })
  const more = waiting(waitingMost + 1)
  expect(wouldDecide(more.standing(), askedOn(more))).toStrictEqual(
    E.left({ _tag: 'TooMuchWaits' }),
  )
})
test('where deciding breaks off, nothing of what was tried is left in the folds', () => {
  const desk = waiting(2)
  const standing = desk.standing()
  const stood = snapshotOf(standing)
  const asked = askedOn(desk)
  const before = standing.desk.revision()
  const breaking: Asked = {
    ...asked,
    marks: {
      ...marks,
      markOf: (symbol) => {
        if (standing.desk.revision() > before + 1n) throw new Error('it breaks off')
        return marks.markOf(symbol)
      },
    },
  }
  expect(() => wouldDecide(standing, breaking)).toThrow('it breaks off')
  expect(snapshotOf(standing)).toBe(stood)
})
