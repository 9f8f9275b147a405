import { describe, expect, test } from 'vitest'
import { instant } from '#domain/testing/fixed'
import { isWithin, rangeOf } from './what-if-range.ts'

const place = (position: number, time = '2026-01-05T12:00:00Z') => ({
  position: BigInt(position),
  at: instant(time),
})

describe('a range', () => {
  test('of positions has both its ends in it', () => {
    const range = rangeOf('3', '5')
    expect([2, 3, 4, 5, 6].filter((n) => isWithin(range, place(n)))).toStrictEqual([3, 4, 5])
  })
  test('of times has both its ends in it, and a day begins at midnight', () => {
    const range = rangeOf('2026-01-05', '2026-01-05T12:00:00Z')
    const within = [
      '2026-01-04T23:59:59Z',
      '2026-01-05T00:00:00Z',
      '2026-01-05T12:00:00Z',
      '2026-01-05T12:00:01Z',
    ]
    expect(within.map((time) => isWithin(range, place(1, time)))).toStrictEqual([
      false,
      true,
      true,
      false,
    ])
  })
  test('may mix the two, or have no end', () => {
    const mixed = rangeOf('3', '2026-01-05T12:00:00Z')
    expect(isWithin(mixed, place(3))).toBe(true)
    expect(isWithin(mixed, place(9, '2026-01-05T12:00:01Z'))).toBe(false)
    expect(isWithin(rangeOf(undefined, undefined), place(1))).toBe(true)
  })
  test.each([
    ['5', '4'],
    ['2026-01-05', '2026-01-04'],
  ])('from %s to %s is empty, and refused', (from, to) => {
    expect(() => rangeOf(from, to)).toThrow(`--from ${from} is after --to ${to}`)
  })
  test.each(['yesterday', '-1', '1.5', '2026-13-01', ''])(
    'that begins at "%s" is refused',
    (from) => {
      expect(() => rangeOf(from, undefined)).toThrow('--from is')
    },
  )
})
