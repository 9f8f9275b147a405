/** Generated values of every codec, read off its structure: a new fact or leaf is generated without a line here. */
import fc from 'fast-check'
import type * as t from 'io-ts'
import { SourceName, TickId } from '#schemas/api/market'
import { Cursor, PageLimit, pageLimitMax } from '#schemas/api/page'
import { annotationOf } from '#schemas/codec'
import { type RecordShape, structureOf } from '#schemas/structure'
import { Count, Whole } from '#schemas/values/count'
import {
  Amount,
  PositiveAmount,
  PositiveQuantity,
  PositiveRatio,
  Price,
  Quantity,
  Ratio,
  SignedQuantity,
} from '#schemas/values/decimal'
import { Line, MarketSymbol } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'

/** A value that the codec decodes to. */
export const arbitraryOf = <A>(codec: t.Type<A, unknown, unknown>): fc.Arbitrary<A> =>
  valueOf(codec) as fc.Arbitrary<A>

const valueOf = (codec: t.Any): fc.Arbitrary<unknown> => {
  const known = leaves.get(codec)
  if (known !== undefined) return known
  const structure = structureOf(codec)
  switch (structure.kind) {
    case 'leaf':
      return ofPattern(codec)
    case 'primitive':
      return primitives[structure.type]
    case 'literal':
      return fc.constant(structure.value)
    case 'words':
      return fc.constantFrom(...structure.words)
    case 'record':
      return recordOf(structure)
    case 'list':
      return fc.array(valueOf(structure.item), { maxLength: 4 })
    case 'tuple':
      return fc.tuple(...structure.items.map(valueOf))
    case 'dictionary':
      return fc.dictionary(arbitraryOf(MarketSymbol), valueOf(structure.codomain), {
        maxKeys: 3,
        noNullPrototype: true,
      })
    case 'union':
      return fc.oneof(...structure.members.map(valueOf))
    case 'refinement':
      return valueOf(structure.of).filter(structure.holds)
    case 'unknown':
    case 'opaque':
      throw new Error(`no values are known of ${codec.name}: make it a leaf()`)
  }
}

const recordOf = ({ required, optional }: RecordShape): fc.Arbitrary<unknown> =>
  fc.record(
    Object.fromEntries([...required, ...optional].map(({ key, codec }) => [key, valueOf(codec)])),
    { requiredKeys: required.map(({ key }) => key), noNullPrototype: true },
  )

/** Ids and other texts say their grammar in their JSON Schema. */
const ofPattern = (codec: t.Any): fc.Arbitrary<unknown> => {
  const pattern = annotationOf(codec)?.['pattern']
  if (typeof pattern !== 'string') throw new Error(`no values are known of ${codec.name}`)
  return fc.stringMatching(new RegExp(pattern))
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 40 })
const primitives = {
  string: anyText,
  // JSON has no minus zero.
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  boolean: fc.boolean(),
  null: fc.constant(null),
}

/** Counts of 10^-places: often with few digits, sometimes with as many as there may be. */
const fixed = (digits: number, places: number, min: (most: bigint) => bigint) => {
  const most = 10n ** BigInt(digits + places) - 1n
  const everyday = fc
    .tuple(fc.bigInt({ min: min(10_000_000n), max: 10_000_000n }), fc.nat(8))
    .map(([units, fine]) => units * 10n ** BigInt(places - fine))
  return fc.oneof(
    { weight: 4, arbitrary: everyday },
    { weight: 1, arbitrary: fc.bigInt({ min: min(most), max: most }) },
    { weight: 1, arbitrary: fc.constantFrom(min(most), most) },
  )
}
const aboveZero = (): bigint => 1n
const notBelowZero = (): bigint => 0n
const either = (most: bigint): bigint => -most

const time = {
  everyday: { min: Date.UTC(2024, 0) * 1000, max: Date.UTC(2030, 0) * 1000 },
  whole: { min: Date.UTC(1685, 0) * 1000, max: Date.UTC(2255, 0) * 1000 - 1 },
}
const anyInstant = fc.oneof(fc.integer(time.everyday), fc.integer(time.whole))
const leaves: ReadonlyMap<t.Any, fc.Arbitrary<unknown>> = new Map<t.Any, fc.Arbitrary<unknown>>([
  [Price, fixed(20, 18, aboveZero)],
  [Quantity, fixed(20, 18, notBelowZero)],
  [SignedQuantity, fixed(20, 18, either)],
  [Ratio, fixed(20, 18, either)],
  [Amount, fixed(40, 36, either)],
  [PositiveQuantity, fixed(20, 18, aboveZero)],
  [PositiveRatio, fixed(20, 18, aboveZero)],
  [PositiveAmount, fixed(40, 36, aboveZero)],
  [Count, fc.oneof(fc.nat(10_000), fc.maxSafeNat())],
  [Whole, fc.bigInt({ min: 0n, max: 10n ** 19n - 1n })],
  [Instant, anyInstant],
  [PageLimit, fc.integer({ min: 1, max: pageLimitMax })],
  [Cursor, fc.stringMatching(/^[!-~]{1,20}$/)],
  [SourceName, fc.constantFrom('simulated:1', 'coinbase', 'replay:a b')],
  [
    TickId,
    fc.record(
      { venueAt: anyInstant, receivedAt: anyInstant, sequence: fc.nat(10_000) },
      { noNullPrototype: true },
    ),
  ],
  [
    Line,
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter((line) => Line.is(line)),
  ],
])
