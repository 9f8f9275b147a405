import { expect, test } from 'vitest'
import { systemIds, timeOrderedIds } from '#adapters/system/ids'
import { CorrelationId, EventId, Nonce } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

prop(
  'ids rise whatever the clock does',
  fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_020 }), { minLength: 2 }),
  (times) => {
    const clock = times.values()
    const ids = timeOrderedIds(
      () => clock.next().value ?? 0,
      (bytes) => bytes.fill(0xff),
    )
    const made = times.map(() => ids.eventId())
    expect(made.toSorted()).toStrictEqual(made)
    expect(new Set(made).size).toBe(made.length)
    for (const id of made) expect(id).toMatch(version7)
  },
)

test('an id says the millisecond in which it was made', () => {
  const ids = timeOrderedIds(
    () => 0x018bcfe56800,
    (bytes) => bytes.fill(0),
  )
  expect(ids.eventId()).toBe('018bcfe5-6800-7000-8000-000000000000')
  expect(ids.eventId()).toBe('018bcfe5-6800-7000-8001-000000000000')
})

test('ids of one millisecond begin anywhere in the lower half of 26 bits', () => {
  const ids = timeOrderedIds(
    () => 0x018bcfe56800,
    (bytes) => bytes.fill(0xff),
  )
  expect(ids.eventId()).toBe('018bcfe5-6800-77ff-bfff-ffffffffffff')
  expect(ids.eventId()).toBe('018bcfe5-6800-7800-8000-ffffffffffff')
})

test('a counter that is used up borrows from the next millisecond', () => {
  const ids = timeOrderedIds(
    () => 0x018bcfe56800,
    (bytes) => bytes.fill(0),
    3,
  )
  const made = Array.from({ length: 5 }, () => ids.eventId().slice(0, 23))
  expect(made).toStrictEqual([
    '018bcfe5-6800-7000-8000',
    '018bcfe5-6800-7000-8001',
    '018bcfe5-6800-7000-8002',
    '018bcfe5-6801-7000-8000',
    '018bcfe5-6801-7000-8001',
  ])
})

test('two ids are never the same, and each kind is what its codec says', () => {
  const made = Array.from({ length: 20_000 }, () => systemIds.eventId())
  expect(new Set(made).size).toBe(made.length)
  expect(made.toSorted()).toStrictEqual(made)
  const nonces = Array.from({ length: 20_000 }, () => systemIds.nonce())
  expect(new Set(nonces).size).toBe(nonces.length)
  expect(made.every(EventId.is)).toBe(true)
  expect(nonces.every(Nonce.is)).toBe(true)
  expect(CorrelationId.is(systemIds.correlationId())).toBe(true)
})
