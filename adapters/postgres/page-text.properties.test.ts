import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { StoredEvent } from '#schemas/envelope'
import { decodeStored, encodeProposed } from '#schemas/stored'
import { anyProposed } from '#schemas/testing/arbitraries'
import { asStored } from '#schemas/testing/golden'
import { hostileTexts } from '#schemas/testing/mutations'
import { formatInstant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'
import { eventsIn } from './page-text.ts'

/** As the database joins them. */
const rowOf = ({ recordedAt, ...stored }: StoredEvent): string =>
  [
    stored.position,
    stored.revision,
    formatInstant(recordedAt).replace('T', ' ').replace('Z', '+00'),
    stored.id,
    stored.type,
    stored.stream,
    stored.metadata,
    stored.data,
  ].join('\u0001')
const textOf = (rows: readonly StoredEvent[]): string => rows.map(rowOf).join('\u0001')

const anyStored: fc.Arbitrary<StoredEvent> = anyProposed.map((proposed) => {
  const texts = encodeProposed(proposed)
  return asStored(texts, texts)
})
const letters = ['"', '\\', '{', '}', ',', '0', 'a', ' ', '\u0001', '\u0002', 'é', '٣', '😀']
/** One of its texts changed, or another text in its place; often one that looks like more events. */
const damaged = fc
  .tuple(
    anyStored,
    fc.constantFrom('id', 'type', 'stream', 'metadata', 'data'),
    fc.oneof(
      fc.tuple(fc.nat(), fc.constantFrom(...letters)).map(([where, letter]) => (text: string) => {
        const at = where % text.length
        return text.slice(0, at) + letter + text.slice(at + 1)
      }),
      fc.constantFrom(...hostileTexts).map((text) => () => text),
      anyStored.map((other) => (text: string) => `${text}\u0001${rowOf(other)}`),
      anyStored.map((other) => (text: string) => `${rowOf(other)}\u0001${text}`),
      fc.constant((text: string) => `${text}\u0001`),
    ),
  )
  .map(([stored, column, change]) => ({ ...stored, [column]: asKept(change(stored[column])) }))
/** In UTF-8, where half of a letter of two is none. */
const asKept = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')

prop(
  'the events of a page are those of its rows, and none where one of these cannot be understood',
  fc.array(fc.oneof({ weight: 3, arbitrary: anyStored }, { weight: 1, arbitrary: damaged }), {
    maxLength: 6,
  }),
  (rows) => {
    const decoded = rows.map((row) => decodeStored(row))
    const isSound =
      decoded.every(E.isRight) &&
      !rows.some((row) => Object.values(row).join('').includes('\u0001'))
    const events = decoded.map((one) => (E.isRight(one) ? one.right : undefined))
    expect(eventsIn(textOf(rows), rows.length)).toStrictEqual(isSound ? events : undefined)
  },
  { numRuns: 1_000 },
)
prop(
  'and none where there are more or fewer than was said',
  fc.tuple(fc.array(anyStored, { maxLength: 4 }), fc.integer({ min: 0, max: 6 })),
  ([rows, count]) => {
    const events = eventsIn(textOf(rows), count)
    if (events !== undefined) expect(events.length).toBe(rows.length)
  },
)
test('an empty page has none', () => {
  expect(eventsIn('', 0)).toStrictEqual([])
})
