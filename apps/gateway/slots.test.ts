/** Room on the wire, by example: cancels first, and always some room for them. */
import { expect, test } from 'vitest'
import { type Release, type TakeSlot, venueSlots } from './slots.ts'

/** Takes a slot under a name, and says when it got it. */
const asking = () => {
  const got: string[] = []
  const releases = new Map<string, Release>()
  const take = (toTake: TakeSlot, name: string): void => {
    const have = (release: Release): void => {
      got.push(name)
      releases.set(name, release)
    }
    const now = toTake(have)
    if (now !== undefined) have(now)
  }
  return { got, take, give: (name: string) => releases.get(name)?.() }
}

test('placing leaves room for cancels', () => {
  const { toPlace, toCancel } = venueSlots(3, 1)
  const { got, take } = asking()
  for (const name of ['p1', 'p2', 'p3']) take(toPlace, name)
  take(toCancel, 'c1')
  take(toCancel, 'c2')
  expect(got).toStrictEqual(['p1', 'p2', 'c1'])
})
test('a cancel that waits goes before every order that waits', () => {
  const { toPlace, toCancel } = venueSlots(2, 1)
  const { got, take, give } = asking()
  for (const name of ['p1', 'p2']) take(toPlace, name)
  for (const name of ['c1', 'c2', 'c3']) take(toCancel, name)
  give('p1')
  give('c1')
  give('c2')
  give('c3')
  expect(got).toStrictEqual(['p1', 'c1', 'c2', 'c3', 'p2'])
})
test('a slot that is given back twice is given back once', () => {
  const { toPlace } = venueSlots(1, 0)
  const { got, take, give } = asking()
  for (const name of ['p1', 'p2', 'p3']) take(toPlace, name)
  give('p1')
  give('p1')
  expect(got).toStrictEqual(['p1', 'p2'])
})
