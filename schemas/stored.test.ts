import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '#schemas/canonical-json'
import type { StoredEvent } from '#schemas/envelope'
import type { Fact } from '#schemas/events/fact'
import { factOf, facts } from '#schemas/events/ledger'
import { retire, retired, storedNamesOf } from '#schemas/events/retired'
import { decodeStored, encodeProposed, storageOf } from '#schemas/stored'
import { anyProposed } from '#schemas/testing/arbitraries'
import { asStored, sampleOf } from '#schemas/testing/golden'
import { Amount, Price } from '#schemas/values/decimal'
import { AccountId, BookId, Currency, type Line } from '#schemas/values/ids'
import { prop } from '#testing/prop'

const factNamed = (type: string): Fact => {
  const fact = factOf.get(type)
  if (fact === undefined) throw new Error(`there is no ${type}`)
  return fact
}
const deposit = sampleOf(factNamed('FundsDeposited'), 'whole')
const filled = sampleOf(factNamed('OrderFilled'), 'whole')

/** A deposit as stored, changed in one of its parts. */
const stored = (change: Partial<StoredEvent> = {}): StoredEvent => ({
  ...asStored(encodeProposed(deposit), encodeProposed(deposit)),
  ...change,
})
const withMetadata = (change: object): StoredEvent =>
  stored({ metadata: canonicalJson({ ...(JSON.parse(stored().metadata) as object), ...change }) })
const withData = (change: object): StoredEvent =>
  stored({ data: canonicalJson({ ...(JSON.parse(stored().data) as object), ...change }) })

const detailOf = (event: StoredEvent, storage = { decodeStored }): string => {
  const decoded = storage.decodeStored(event)
  return E.isLeft(decoded) ? decoded.left.detail : 'it was read'
}

prop(
  'what is written is read as it was, beside what the store knows of it',
  anyProposed,
  (event) => {
    const texts = encodeProposed(event)
    const { position, stream, revision, recordedAt, ...row } = asStored(texts, texts)
    expect(decodeStored({ position, stream, revision, recordedAt, ...row })).toStrictEqual(
      E.right({ position, stream, revision, recordedAt, ...event }),
    )
  },
)
prop('the same event is always the same bytes', anyProposed, (event) => {
  expect(encodeProposed(structuredClone(event))).toStrictEqual(encodeProposed(event))
  const { data, metadata } = encodeProposed(event)
  expect(canonicalJson(JSON.parse(data), { stored: true })).toBe(data)
  expect(canonicalJson(JSON.parse(metadata), { stored: true })).toBe(metadata)
})

describe('the name of an event', () => {
  test('stands in the metadata and in a column, not in its data', () => {
    const { data, metadata, type, id } = encodeProposed(deposit)
    expect(JSON.parse(data)).not.toHaveProperty('type')
    expect(JSON.parse(metadata)).toMatchObject({ type, id, version: 1 })
  })
  test('has to be the same in all places', () => {
    expect(detailOf(stored({ type: 'OrderFilled' }))).toBe(
      'its metadata says that it is a FundsDeposited',
    )
    expect(detailOf(withMetadata({ type: 'OrderFilled' }))).toBe(
      'its metadata says that it is a OrderFilled',
    )
  })
  test('and so has its id', () => {
    const other = '00000000-0000-7000-8000-00000000abcd'
    expect(detailOf(stored({ id: other }))).toContain(`the store ${other}`)
  })
})

describe('what cannot be understood is refused by name', () => {
  test.each([
    ['data that is not JSON', stored({ data: '{"amount":' }), 'its data: it is not JSON'],
    ['metadata that is not JSON', stored({ metadata: '' }), 'its metadata: it is not JSON'],
    ['data of another kind', stored({ data: '[]' }), 'its data: the body must be a record'],
    [
      'a wrong value',
      withData({ amount: '1e5' }),
      'its data: amount must be a decimal such as 12.5, without an exponent; it is "1e5"',
    ],
    ['a missing key', stored({ data: '{}' }), 'account is missing'],
    [
      'a wrong envelope',
      withMetadata({ occurredAt: 'today' }),
      'its metadata: occurredAt must be a time in UTC',
    ],
    ['a wrong actor', withMetadata({ actor: {} }), 'its metadata: actor.app is missing'],
    ['a stream that is none', stored({ stream: 'orders' }), 'orders is no stream of ours'],
    [
      'an unknown name',
      withMetadata({ type: 'FundsStolen' }),
      'its metadata says that it is a FundsStolen',
    ],
    [
      'a newer version',
      withMetadata({ version: 2 }),
      'it has version 2, and this build reads FundsDeposited up to version 1: use the newer build that wrote it',
    ],
    [
      'no version',
      withMetadata({ version: 0 }),
      'this build reads FundsDeposited up to version 1, and no version 0',
    ],
  ])('%s', (_, event, detail) => {
    expect(detailOf(event)).toContain(detail)
  })
  test('a name that this build does not know', () => {
    const event = { ...withMetadata({ type: 'FundsStolen' }), type: 'FundsStolen' }
    expect(detailOf(event)).toBe('this build knows no event FundsStolen; a newer one may')
  })
  test('but keys that a later build has added are passed over', () => {
    const decoded = decodeStored(withData({ reference: 'new', type: 'Other' }))
    expect(E.isRight(decoded) && decoded.right.event).toStrictEqual(deposit.event)
  })
})

describe('what could not be read back is not written', () => {
  const write = (change: object) => () =>
    encodeProposed({ ...filled, event: { ...filled.event, ...change } as typeof filled.event })
  test.each([
    ['a price of nothing', { price: 0n }, 'OrderFilled.price is not a Price'],
    ['a quantity of 21 digits', { quantity: 10n ** 38n }, 'OrderFilled.quantity is not a Quantity'],
    ['half a microsecond', { venueAt: 1.5 }, 'OrderFilled.venueAt is not a Instant'],
    ['a number for a decimal', { quantity: 1 }, 'OrderFilled.quantity is not a Quantity'],
    ['a word that is none', { side: 'long' }, 'OrderFilled.side is not a Side'],
    [
      'two lines',
      { fee: { currency: 'A\nB', amount: 0n } },
      'OrderFilled.fee.currency is not a Currency',
    ],
    ['nothing', { tradeId: undefined }, 'OrderFilled.tradeId is not a TradeId'],
  ])('%s', (_, change, message) => {
    expect(write(change)).toThrow(message)
  })
  test('an event in the envelope of another, or of another version', () => {
    expect(() => encodeProposed({ ...filled, event: deposit.event })).toThrow(
      'the envelope says OrderFilled version 1, the event is FundsDeposited version 1',
    )
    const metadata = { ...filled.metadata, version: 2 }
    expect(() => encodeProposed({ ...filled, metadata })).toThrow('version 2')
  })
})

describe('an event of a former shape', () => {
  // Once deposits had no reason, and before that they were called MoneyReceived and in cents.
  const fields = { account: AccountId, book: BookId, currency: Currency, amount: Amount }
  const formerly = [
    retire({ type: 'FundsDeposited', version: 1 }, t.strict(fields), 'FundsDeposited', (old) => ({
      type: 'FundsDeposited',
      ...old,
      reason: 'not said' as Line,
    })),
    retire(
      { type: 'MoneyReceived', version: 3 },
      t.strict({ ...fields, amount: Price }),
      'FundsDeposited',
      ({ amount, ...old }) => ({
        type: 'FundsDeposited',
        ...old,
        amount: (amount * 10n ** 16n) as Amount,
        reason: 'a former payment' as Line,
      }),
    ),
  ]
  const today = { ...factNamed('FundsDeposited'), version: 2 }
  const storage = storageOf([today], formerly)
  const old = (type: string, version: number, change: object): StoredEvent => ({
    ...stored(),
    type,
    metadata: withMetadata({ type, version }).metadata,
    data: canonicalJson({ account: 'main', book: 'main', currency: 'USDT', ...change }),
  })
  const eventOf = (event: StoredEvent) => {
    const decoded = storage.decodeStored(event)
    if (E.isLeft(decoded)) throw new Error(decoded.left.detail)
    return decoded.right
  }

  test('of a former version is read as one of today', () => {
    const { event, metadata } = eventOf(old('FundsDeposited', 1, { amount: '5' }))
    expect(event).toStrictEqual({
      type: 'FundsDeposited',
      account: 'main',
      book: 'main',
      currency: 'USDT',
      amount: 5n * 10n ** 36n,
      reason: 'not said',
    })
    // The envelope stays what was written.
    expect(metadata.version).toBe(1)
  })
  test('of a former name is read under the one of today', () => {
    const { event } = eventOf(old('MoneyReceived', 3, { amount: '500' }))
    expect(event).toMatchObject({ type: 'FundsDeposited', amount: 5n * 10n ** 36n })
    expect(storedNamesOf(['FundsDeposited'], formerly)).toStrictEqual([
      'FundsDeposited',
      'MoneyReceived',
    ])
    expect(storedNamesOf(['OrderFilled'], formerly)).toStrictEqual(['OrderFilled'])
  })
  test('is held to the shape it had', () => {
    expect(detailOf(old('MoneyReceived', 3, { amount: '0' }), storage)).toContain(
      'amount must be above 0',
    )
    expect(detailOf(old('MoneyReceived', 2, { amount: '5' }), storage)).toBe(
      'this build reads MoneyReceived up to version 3, and no version 2',
    )
  })
  test('is never written again', () => {
    expect(() => storage.encodeProposed(deposit)).toThrow('version 1')
    expect(() => storage.encodeProposed(filled)).toThrow('there is no event OrderFilled')
  })
  test('has one meaning only', () => {
    expect(() => storageOf([today], [...formerly, ...formerly])).toThrow('defined twice')
  })
})

test('every former version of every fact is still known', () => {
  const known = new Set(retired.map(({ type, version }) => `${type} ${String(version)}`))
  const gone = facts.flatMap(({ type, version }) =>
    Array.from({ length: version - 1 }, (_, index) => `${type} ${String(index + 1)}`),
  )
  expect(gone.filter((name) => !known.has(name))).toStrictEqual([])
})
