/** What must hold of a log and of what reached the venue, told apart from the gateway: plain loops over plain events. */
import type { VenueFunding, VenueOrderState, VenueTrade } from '#domain/kernel/venue'
import type { WireAttempt } from '#apps/gateway/testing/script'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed, EventType } from '#schemas/events/ledger'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'

export interface Evidence {
  readonly log: readonly RecordedEvent[]
  readonly attempts: readonly WireAttempt[]
  readonly orders: readonly VenueOrderState[]
  readonly trades: readonly VenueTrade[]
  readonly fundings: readonly VenueFunding[]
}
type Of<Type extends EventType> = RecordedEvent & { readonly event: EventNamed<Type> }

const all = <Type extends EventType>(log: Evidence['log'], type: Type): readonly Of<Type>[] =>
  log.filter((recorded): recorded is Of<Type> => recorded.event.type === type)
const hex = (orderId: string): string => orderId.split('-').join('')
const text = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
const sameTerms = (a: Terms, b: Terms): boolean => sorted(a) === sorted(b)
const sorted = (terms: Terms): string =>
  Object.entries(terms)
    .map(([field, value]) => text([field, value]))
    .toSorted((x, y) => (x < y ? -1 : 1))
    .join()

/** P2, P3, I1, I2, I3: nothing reached the wire but what was approved, once, in time, and after the log had it. */
export const sendingFaults = ({ log, attempts, orders }: Evidence): readonly string[] => {
  const faults: string[] = []
  const submissions = all(log, 'OrderSubmissionStarted')
  const approvals = all(log, 'OrderApproved')
  for (const { event, metadata, position } of submissions) {
    const { orderId, approvalId, terms, riskRevision, clientOrderId } = event
    const approval = approvals.find((each) => each.metadata.id === approvalId)
    if (approval === undefined || approval.position > position) {
      faults.push(`I1 ${orderId}: no earlier approval ${approvalId}`)
      continue
    }
    const { reducing, expiresAt, terms: approved } = approval.event
    if (approval.event.orderId !== orderId) faults.push(`I1 ${orderId}: another's approval`)
    if (!sameTerms(terms, approved)) faults.push(`I1 ${orderId}: other terms`)
    if (metadata.occurredAt > expiresAt) faults.push(`I1 ${orderId}: expired`)
    if (clientOrderId !== hex(orderId)) faults.push(`I3 ${orderId}: ${clientOrderId}`)
    for (const kill of all(log, 'KillSwitchEngaged')) {
      const { scope, mode } = kill.event
      const covers =
        (scope.strategy ?? terms.strategy) === terms.strategy &&
        (scope.account ?? terms.account) === terms.account &&
        (scope.symbol ?? terms.symbol) === terms.symbol
      const known = kill.revision <= riskRevision
      if (covers && known && (mode === 'halt' || !reducing)) faults.push(`I1 ${orderId}: killed`)
    }
  }
  for (const name of ['approvalId', 'orderId'] as const) {
    const values = submissions.map(({ event }) => event[name])
    if (new Set(values).size < values.length) faults.push(`I1: a second submission by ${name}`)
  }
  for (const { order, leftAt, logHead, by } of attempts) {
    const submission = submissions.find(({ event }) => event.clientOrderId === order.clientOrderId)
    const who = `${order.clientOrderId} by ${by}`
    if (submission === undefined) {
      faults.push(`P2 ${who}: no submission`)
      continue
    }
    if (submission.position > logHead) faults.push(`I2 ${who}: sent before it was written`)
    if (!sameTerms(submission.event.terms, order.terms)) faults.push(`P2 ${who}: other terms`)
    if (leftAt > submission.event.sendBy) faults.push(`I2 ${who}: sent after sendBy`)
    if (order.sendBy !== submission.event.sendBy) faults.push(`I2 ${who}: another deadline`)
  }
  const sent = attempts.map(({ order }) => order.clientOrderId)
  if (new Set(sent).size < sent.length) faults.push('P3: a second wire attempt')
  const there = orders.map(({ clientOrderId }) => clientOrderId)
  if (new Set(there).size < there.length) faults.push('I3: a second order at the venue')
  return faults
}

/** I4, I14: each trade of the venue is one fill of its order, no more is filled than ordered, and none is invented. */
export const fillFaults = ({ log, trades, orders }: Evidence): readonly string[] => {
  const faults: string[] = []
  const told = new Set(
    trades.map(({ clientOrderId, tradeId }) => `${clientOrderId ?? ''} ${tradeId}`),
  )
  const seen = new Set<string>()
  for (const { event } of all(log, 'OrderFilled')) {
    const key = `${hex(event.orderId)} ${event.tradeId}`
    if (seen.has(key)) faults.push(`I14 ${key}: twice`)
    if (!told.has(key)) faults.push(`I14 ${key}: invented`)
    seen.add(key)
  }
  for (const { orderId, terms } of all(log, 'OrderIntentRecorded').map(({ event }) => event)) {
    const filled = all(log, 'OrderFilled')
      .filter(({ event }) => event.orderId === orderId)
      .reduce((sum, { event }) => sum + event.quantity, 0n)
    if (filled > terms.quantity) faults.push(`I4 ${orderId}: overfilled`)
    const there = orders.find(({ clientOrderId }) => clientOrderId === hex(orderId))
    if (there !== undefined && there.quantity > terms.quantity) faults.push(`I4 ${orderId}: larger`)
  }
  return faults
}

/**
 * Each payment of the venue is in the log once, as it was said, shared out to the last digit, and none is invented.
 * One that fell due after `dueBy` may still be on its way.
 */
export const fundingFaults = ({ log, fundings }: Evidence, dueBy?: Instant): readonly string[] => {
  const nameOf = ({ account, symbol, fundingId }: Pick<VenueFunding, PaymentName>): string =>
    `${account} ${symbol} ${fundingId}`
  const paid = all(log, 'FundingPaid').map(({ event }) => event)
  const wrong = paid.flatMap((event) => {
    const said = fundings.find((each) => nameOf(each) === nameOf(event))
    const sum = event.shares.reduce((total, share) => total + share.amount, 0n)
    if (said === undefined) return [`FundingPaid ${nameOf(event)}: invented`]
    if (said.amount !== event.amount || said.quantity !== event.quantity)
      return [`FundingPaid ${nameOf(event)}: another payment`]
    return sum === event.amount ? [] : [`FundingPaid ${nameOf(event)}: shares of ${String(sum)}`]
  })
  const missing = fundings.flatMap((each) => {
    const times = paid.filter((event) => nameOf(event) === nameOf(each)).length
    const mayCome = times === 0 && dueBy !== undefined && each.venueAt > dueBy
    return times === 1 || mayCome ? [] : [`FundingPaid ${nameOf(each)}: ${String(times)} times`]
  })
  return [...wrong, ...missing]
}
type PaymentName = 'account' | 'symbol' | 'fundingId'

/** What may stand before what, along one order's stream: I17, and the fence of I12. */
const after: Readonly<Partial<Record<EventType, readonly EventType[]>>> = {
  OrderAccepted: ['OrderSubmissionStarted'],
  OrderOutcomeUnknown: ['OrderSubmissionStarted'],
  OrderOutcomeResolved: ['OrderOutcomeUnknown'],
  OrderRefused: ['OrderSubmissionStarted'],
  OrderCancelled: ['OrderAccepted'],
  OrderExpired: ['OrderAccepted'],
  OrderCancelRefused: ['OrderAccepted', 'OrderCancelRequested'],
  OrderFilled: ['OrderAccepted'],
}
const once: readonly EventType[] = [
  'OrderIntentRecorded',
  'OrderSubmissionStarted',
  'OrderAccepted',
  'OrderOutcomeUnknown',
  'OrderOutcomeResolved',
]
const ends: readonly EventType[] = ['OrderCancelled', 'OrderExpired', 'OrderRefused', 'OrderLapsed']

export const transitionFaults = ({ log }: Evidence): readonly string[] => {
  const faults: string[] = []
  for (const { event: intent, stream } of all(log, 'OrderIntentRecorded')) {
    const types: EventType[] = []
    for (const { event } of log.filter((each) => each.stream === stream)) {
      const { type } = event
      const ended = types.some((each) => ends.includes(each))
      for (const needed of after[type] ?? []) {
        if (!types.includes(needed)) faults.push(`I17 ${intent.orderId}: ${type} before ${needed}`)
      }
      if (once.includes(type) && types.includes(type)) {
        faults.push(`I17 ${intent.orderId}: a second ${type}`)
      }
      if (ended && type !== 'OrderFilled')
        faults.push(`I17 ${intent.orderId}: ${type} after the end`)
      if (type === 'OrderLapsed' && types.includes('OrderSubmissionStarted')) {
        faults.push(`I17 ${intent.orderId}: lapsed after it was sent`)
      }
      types.push(type)
    }
  }
  return faults
}

/** I5: what was called absent never was at the venue, and never comes. */
export const absenceFaults = ({ log, orders }: Evidence): readonly string[] =>
  all(log, 'OrderOutcomeResolved').flatMap(({ event }) =>
    event.found === 'absent' && orders.some((each) => each.clientOrderId === hex(event.orderId))
      ? [`I5 ${event.orderId}: it is there`]
      : [],
  )

/** I10: at the end nothing works at the venue that a kill switch forbids, and no exit is more than its position. */
export const killFaults = ({ log, orders, trades }: Evidence): readonly string[] => {
  const approvals = all(log, 'OrderApproved')
  const intents = all(log, 'OrderIntentRecorded').map(({ event }) => event)
  const held = (of: Terms): bigint =>
    trades
      .filter(({ clientOrderId }) =>
        intents.some(
          ({ orderId, terms }) =>
            hex(orderId) === clientOrderId &&
            terms.strategy === of.strategy &&
            terms.symbol === of.symbol,
        ),
      )
      .reduce((sum, { side, quantity }) => sum + (side === 'buy' ? quantity : 0n - quantity), 0n)
  return intents.flatMap(({ orderId, terms }) => {
    const reducing = approvals.find(({ event }) => event.orderId === orderId)?.event.reducing
    const there = orders.find(({ clientOrderId }) => clientOrderId === hex(orderId))
    if (there?.status !== 'open') return []
    const left = there.quantity - there.filledTotal
    const covered = (terms.side === 'sell' ? held(terms) : 0n - held(terms)) >= left
    const forbidden = all(log, 'KillSwitchEngaged').some(
      ({ event: { scope, mode } }) =>
        (scope.strategy ?? terms.strategy) === terms.strategy &&
        (mode === 'halt' || reducing !== true || !covered),
    )
    return forbidden ? [`I10 ${orderId}: still open`] : []
  })
}

/** I31: when faults have stopped, log and venue say the same of every order, and nothing is pending. */
export const standstillFaults = ({ log, orders, trades }: Evidence): readonly string[] => {
  const faults: string[] = []
  const fills = all(log, 'OrderFilled')
  if (fills.length !== trades.length) {
    faults.push(`I31: ${String(trades.length)} trades, ${String(fills.length)} fills`)
  }
  for (const { event: intent, stream } of all(log, 'OrderIntentRecorded')) {
    const events = log.filter((each) => each.stream === stream).map(({ event }) => event)
    const is = standing(events, intent.terms.quantity)
    const there = orders.find(({ clientOrderId }) => clientOrderId === hex(intent.orderId))
    const should = there === undefined ? ['refused', 'lapsed'] : [there.status]
    if (!should.includes(is)) {
      faults.push(`I31 ${intent.orderId}: ${is}, at the venue ${there?.status ?? 'nothing'}`)
    }
  }
  for (const type of ['BreakDetected', 'OrderAnomalyObserved'] as const) {
    for (const { event } of all(log, type)) faults.push(`unfounded ${type}: ${event.detail}`)
  }
  return faults
}
const standing = (events: readonly EventNamed<EventType>[], ordered: bigint): string => {
  const has = (type: EventType): boolean => events.some((event) => event.type === type)
  if (has('OrderLapsed')) return 'lapsed'
  if (has('OrderRefused')) return 'refused'
  if (has('OrderCancelled')) return 'cancelled'
  if (has('OrderExpired')) return 'expired'
  const filled = events.reduce(
    (sum, event) => (event.type === 'OrderFilled' ? sum + event.quantity : sum),
    0n,
  )
  if (filled === ordered) return 'filled'
  const asked = events.findLastIndex((event) => event.type === 'OrderCancelRequested')
  const answered = events.findLastIndex((event) => event.type === 'OrderCancelRefused')
  if (asked > answered) return 'cancel pending'
  if (has('OrderAccepted')) return 'open'
  return events.at(-1)?.type ?? 'nothing'
}
