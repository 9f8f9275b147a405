/** Logs for the judge's own tests, written row by row, so that each can be made wrong in just one way. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '#apps/demo/judge/finding'
import { type Json, type LogRow, rowOf } from '#apps/demo/judge/log-row'
import type { StoredEvent } from '#schemas/envelope'
import type { Instant } from '#schemas/values/instant'

export type Draft = readonly [type: string, stream: string, data: object, metadata?: object]

/** Seconds after the beginning; more than 59 are minutes. */
export const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()

/** The n-th row is written in the n-th second, unless it says otherwise. */
export const logOf = (drafts: readonly Draft[]): readonly LogRow[] =>
  drafts.map(([type, stream, data, metadata], index) => ({
    position: BigInt(index + 1),
    stream,
    revision: BigInt(drafts.slice(0, index).filter((draft) => draft[1] === stream).length),
    type,
    data: { ...data },
    metadata: { id: `e${String(index)}`, occurredAt: at(index), ...metadata },
  }))

/** The same with other words in it. */
export const altered = (draft: Draft, data: object, metadata: object = {}): Draft => [
  draft[0],
  draft[1],
  { ...draft[2], ...data },
  { ...draft[3], ...metadata },
]

export const brokenIn = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ invariant, verdict }) => (verdict === 'broken' ? [invariant] : []))

export const spotTerms = {
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  contractSize: '1',
}
export const linearTerms = { ...spotTerms, kind: 'linear' }
export const inverseTerms = {
  kind: 'inverse',
  base: 'BTC',
  quote: 'USD',
  settle: 'BTC',
  contractSize: '100',
}

interface Filling {
  readonly order?: string
  readonly side?: 'buy' | 'sell'
  readonly quantity?: string
  readonly price?: string
  readonly trade?: string
  /** In seconds. */
  readonly venueAt?: number
}
/** Of one lot of bitcoin at 100, unless it says otherwise. */
export const fill = (filling: Filling, more: object = {}): Draft => {
  const { order = 'a', side = 'buy', quantity = '1', price = '100' } = filling
  const { trade = '1', venueAt = 0 } = filling
  return [
    'OrderFilled',
    `order-${order}`,
    {
      orderId: order,
      tradeId: trade,
      book: 'main',
      account: 'main',
      strategy: 'manual',
      venue: 'paper',
      symbol: 'BTC/USDT',
      side,
      quantity,
      price,
      liquidity: 'taker',
      venueAt: at(venueAt),
      fee: { currency: 'USDT', amount: '0' },
      instrument: spotTerms,
      ...more,
    },
  ]
}
export const intent = (order: string, terms: object): Draft => [
  'OrderIntentRecorded',
  `order-${order}`,
  { orderId: order, book: 'main', terms },
]
export const accepted = (order: string, seconds: number): Draft => [
  'OrderAccepted',
  `order-${order}`,
  { orderId: order, venueAt: at(seconds) },
]
export const ended = (order: string, type: string, seconds: number, filledTotal = '0'): Draft => [
  type,
  `order-${order}`,
  { orderId: order, filledTotal, venueAt: at(seconds) },
]

/** Logs with decisions that the guard's own rules once took. */
export const goldenLogs = (
  rules: number,
): readonly (readonly [string, readonly StoredEvent[]])[] => {
  const path = join(
    import.meta.dirname,
    `../../../../domain/risk/golden/rules-${String(rules)}.json`,
  )
  const logs = JSON.parse(readFileSync(path, 'utf8')) as readonly {
    readonly name: string
    readonly events: readonly (readonly [string, string, string, string])[]
  }[]
  return logs.map(({ name, events }) => [
    name,
    events.map(([stream, revision, data, metadata], index): StoredEvent => {
      const { id, type } = JSON.parse(metadata) as { readonly id: string; readonly type: string }
      const place = { position: BigInt(index + 1), stream, revision: BigInt(revision) }
      return { ...place, id, type, data, metadata, recordedAt: 0 as Instant }
    }),
  ])
}
export const golden = (name: string, rules = 2): readonly StoredEvent[] => {
  const found = goldenLogs(rules).find(([each]) => each === name)
  if (found === undefined) throw new Error(`there is no golden log ${name}`)
  return found[1]
}
export const rowsOf = (stored: readonly StoredEvent[]): readonly LogRow[] => stored.map(rowOf)
/** One event of a type with other data; the others as they are. */
export const tampered = (
  stored: readonly StoredEvent[],
  type: string,
  change: (data: Json) => object,
): readonly StoredEvent[] => {
  const index = stored.findLastIndex((event) => event.type === type)
  const event = stored[index]
  if (event === undefined) throw new Error(`there is no ${type}`)
  const data = JSON.parse(event.data) as Json
  return stored.with(index, { ...event, data: JSON.stringify({ ...data, ...change(data) }) })
}
