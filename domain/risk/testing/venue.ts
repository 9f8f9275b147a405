/** What a venue and its gateway may do next with an order, given all that has happened to it. */
import {
  accepted,
  cancelled,
  expired,
  filled,
  lapsed,
  refused,
  resolved,
  submitted,
  unknown,
} from '#domain/risk/testing/words'
import type { TestLog } from '#domain/risk/testing/log'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderIntentRecorded } from '#schemas/events/order'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'

export interface VenueStep {
  readonly pick: number
  /** Only this one, where it is given. */
  readonly n?: number
  readonly what:
    | 'submit'
    | 'accept'
    | 'unknown'
    | 'found'
    | 'absent'
    | 'refuse'
    | 'fill'
    | 'cancel'
    | 'expire'
    | 'lapse'
  /** How many fifths of the order a fill is. */
  readonly part: number
  /** How many fifths of the order the venue counts more than the fills when it ends. */
  readonly missing: number
}

const from: Readonly<Record<VenueStep['what'], readonly State[]>> = {
  submit: ['approved'],
  lapse: ['intended', 'approved'],
  accept: ['inFlight'],
  unknown: ['inFlight'],
  refuse: ['inFlight'],
  found: ['unknown'],
  absent: ['unknown'],
  // Late fills of what has ended, and overfills, are facts too.
  fill: ['working', 'working', 'ended'],
  cancel: ['working'],
  expire: ['working'],
}

/** Nothing where there is no order that can do that. */
export const moveOf = (log: TestLog, step: VenueStep, trade: number): readonly LedgerEvent[] => {
  const orders = ordersOf(log)
  const able = from[step.what].flatMap((state) =>
    orders.filter((order) => order.state === state && (step.n ?? order.n) === order.n),
  )
  const order = able[step.pick % Math.max(1, able.length)]
  if (order === undefined) return []
  const { n, intent, done, quantity } = order
  const fifth = quantity / 5n
  const total = text(smaller(quantity, done + fifth * BigInt(step.missing)))
  switch (step.what) {
    case 'submit':
      return [{ ...submitted(n), terms: intent.terms } as LedgerEvent]
    case 'lapse':
      return [lapsed(n)]
    case 'accept':
      return [accepted(n)]
    case 'unknown':
      return [unknown(n)]
    case 'found':
      return [resolved(n, 'present'), accepted(n)]
    case 'absent':
      return [resolved(n, 'absent'), refused(n)]
    case 'refuse':
      return [refused(n)]
    case 'fill':
      return [fillOf(n, intent, text(fifth * BigInt(step.part)), trade)]
    case 'cancel':
      return done < quantity ? [cancelled(n, total)] : []
    case 'expire':
      return done < quantity ? [expired(n, total)] : []
  }
}

interface Known {
  readonly n: number
  readonly intent: OrderIntentRecorded
  readonly state: State
  readonly done: bigint
  /** As the venue has said last. */
  readonly quantity: bigint
}
const ordersOf = (log: TestLog): readonly Known[] => {
  const events = log.events.map(({ event }) => event)
  return events
    .filter((event) => event.type === 'OrderIntentRecorded')
    .map((intent, index) => {
      const own = events.filter((event) => 'orderId' in event && event.orderId === intent.orderId)
      const filledSoFar = own.map((event) => (event.type === 'OrderFilled' ? event.quantity : 0n))
      const done = filledSoFar.reduce<bigint>((all, each) => all + each, 0n)
      const amended = own.findLast((event) => event.type === 'OrderAmended')
      const { quantity } = amended?.type === 'OrderAmended' ? amended.terms : intent.terms
      return { n: index + 1, intent, state: stateOf(own), done, quantity }
    })
}

type State = 'intended' | 'approved' | 'denied' | 'inFlight' | 'working' | 'unknown' | 'ended'
const stateOf = (own: readonly LedgerEvent[]): State =>
  own.reduce<State>((state, { type }) => {
    if (type === 'OrderApproved') return state === 'intended' ? 'approved' : state
    if (type === 'OrderDenied') return state === 'intended' ? 'denied' : state
    if (type === 'OrderSubmissionStarted' || type === 'OrderOutcomeResolved') return 'inFlight'
    if (type === 'OrderAccepted') return 'working'
    if (type === 'OrderOutcomeUnknown') return 'unknown'
    return ['OrderRefused', 'OrderLapsed', 'OrderCancelled', 'OrderExpired'].includes(type)
      ? 'ended'
      : state
  }, 'intended')

const fillOf = (
  n: number,
  { terms }: OrderIntentRecorded,
  quantity: string,
  trade: number,
): LedgerEvent => {
  const { symbol, account, strategy, side, limitPrice } = terms
  const base = symbol.split('/')[0] ?? ''
  return filled(n, {
    symbol,
    account,
    strategy,
    side,
    quantity,
    at: limitPrice === undefined ? '99' : text(limitPrice),
    trade,
    contractSize: symbol === 'BTC/USD:BTC' ? '10' : symbol === 'BTC/USDT:USDT' ? '0.1' : '1',
    ...(trade % 3 === 0 ? { feeIn: base, fee: '0.0003' } : { fee: '0.02' }),
  })
}
const text = (value: bigint): string => formatDecimal(value, placesOfQuantity)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
