/** What traders, a gateway and its venue may do next with the amendments of a generated history. */
import {
  amendAskedFor,
  amendedTo,
  amendRefused,
  amendStartedFor,
  amendUnknown,
} from '#domain/risk/testing/amend-words'
import type { TestLog } from '#domain/risk/testing/log'
import { plusMs } from '#domain/values/instant'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderAmendRequested, OrderIntentRecorded } from '#schemas/events/order'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'
import { fc } from '#testing/prop'

export interface AmendStep {
  readonly pick: number
  /** Only this one, where it is given. */
  readonly n?: number
  /** How far it goes on at once: decided, sent, answered. */
  readonly then: number
  readonly what: 'ask' | 'start' | 'done' | 'refuse' | 'unknown'
  /** The new quantity in fifths of the old; the new prices in per cent of the old. */
  readonly fifths: number
  readonly percent: number
  /** Whether all of what it was fills before the answer. */
  readonly fills: boolean
  /** Also its side, which no amendment may change. */
  readonly turns: boolean
  readonly lives: number
}
export const amendStep: fc.Arbitrary<AmendStep> = fc.record({
  pick: fc.nat({ max: 4 }),
  then: fc.constantFrom(0, 1, 1, 2, 2, 3),
  what: fc.constantFrom(
    'ask',
    'ask',
    'ask',
    'start',
    'start',
    'start',
    'done',
    'refuse',
    'unknown',
  ),
  fifths: fc.constantFrom(1, 3, 4, 5, 6, 8, 10),
  percent: fc.constantFrom(96, 99, 100, 100, 101, 104),
  fills: fc.constantFrom(false, false, true),
  turns: fc.constantFrom(false, false, false, false, false, false, true),
  lives: fc.constantFrom(100, 5000, 5000),
})

type Stage = 'asked' | 'approved' | 'started' | 'unknown' | 'over'
interface Known {
  readonly n: number
  readonly terms: Terms
  /** Has been sent, and has not ended. */
  readonly isOpen: boolean
  readonly amendments: readonly {
    readonly k: number
    readonly terms: Terms
    readonly stage: Stage
  }[]
}

const from: Readonly<Record<Exclude<AmendStep['what'], 'ask'>, readonly Stage[]>> = {
  start: ['approved'],
  done: ['started', 'unknown'],
  // Also what was never sent: undecided for too long, expired, forbidden.
  refuse: ['asked', 'approved', 'started', 'unknown'],
  unknown: ['started'],
}

export interface AmendMove {
  readonly n: number
  readonly event: LedgerEvent
}
/** Nothing where there is no order or amendment that can do that. */
export const amendMoveOf = (log: TestLog, step: AmendStep, now: Instant): AmendMove | undefined => {
  const orders = ordersOf(log).filter(({ n, isOpen }) => isOpen && (step.n ?? n) === n)
  if (step.what === 'ask') {
    const free = orders.filter(({ amendments }) =>
      amendments.every(({ stage }) => stage === 'over'),
    )
    const order = free[step.pick % Math.max(1, free.length)]
    if (order === undefined) return undefined
    const { n, terms, amendments } = order
    const k = amendments.length + 1
    return { n, event: amendAskedFor(n, changed(terms, step), k, plusMs(now, step.lives)) }
  }
  const stages = from[step.what]
  const able = orders.flatMap(({ n, amendments }) =>
    amendments.filter(({ stage }) => stages.includes(stage)).map((each) => ({ n, ...each })),
  )
  const chosen = able[step.pick % Math.max(1, able.length)]
  return chosen === undefined ? undefined : { n: chosen.n, event: moved(step.what, chosen) }
}
const moved = (
  what: Exclude<AmendStep['what'], 'ask'>,
  { n, k, terms }: { readonly n: number; readonly k: number; readonly terms: Terms },
): LedgerEvent => {
  switch (what) {
    case 'start':
      return amendStartedFor(n, terms, k)
    case 'done':
      return amendedTo(n, terms, k)
    case 'refuse':
      return amendRefused(n, k)
    case 'unknown':
      return amendUnknown(n, k)
  }
}

const changed = (terms: Terms, { fifths, percent, turns }: AmendStep): Terms => {
  const { limitPrice, stopPrice, quantity, side } = terms
  const moved = (price: Price): Price => ((price * BigInt(percent)) / 100n) as Price
  return {
    ...terms,
    quantity: ((quantity * BigInt(fifths)) / 5n) as Quantity,
    ...(limitPrice === undefined ? {} : { limitPrice: moved(limitPrice) }),
    ...(stopPrice === undefined ? {} : { stopPrice: moved(stopPrice) }),
    ...(turns ? { side: side === 'buy' ? 'sell' : 'buy' } : {}),
  }
}

const ends: readonly string[] = ['OrderRefused', 'OrderLapsed', 'OrderCancelled', 'OrderExpired']
const ordersOf = (log: TestLog): readonly Known[] => {
  const events = log.events.map(({ event }) => event)
  const intents = events.filter((event) => event.type === 'OrderIntentRecorded')
  return intents.map((intent, index) => knownOf(index + 1, intent, events))
}
const knownOf = (n: number, intent: OrderIntentRecorded, events: readonly LedgerEvent[]): Known => {
  const own = events.filter((event) => 'orderId' in event && event.orderId === intent.orderId)
  const asked = own.filter((event) => event.type === 'OrderAmendRequested')
  const done = own.findLast((event) => event.type === 'OrderAmended')
  const isSent = own.some(({ type }) => type === 'OrderSubmissionStarted')
  const terms = done?.type === 'OrderAmended' ? done.terms : intent.terms
  const amendments = asked.map((each, index) => ({
    k: index + 1,
    terms: each.terms,
    stage: stageOf(each, own),
  }))
  const underWay = amendments.filter(({ stage }) => stage === 'started' || stage === 'unknown')
  const filled = own.reduce(
    (sum, event) => sum + (event.type === 'OrderFilled' ? event.quantity : 0n),
    0n,
  )
  // What is filled, whichever it has become, is not there to be amended.
  const isFull = [terms, ...underWay.map((each) => each.terms)].every(
    ({ quantity }) => filled >= quantity,
  )
  const isOpen = isSent && !isFull && !own.some(({ type }) => ends.includes(type))
  return { n, terms, isOpen, amendments }
}
const stageOf = ({ amendmentId }: OrderAmendRequested, own: readonly LedgerEvent[]): Stage =>
  own.reduce<Stage>((stage, event) => {
    if (!('amendmentId' in event) || event.amendmentId !== amendmentId) return stage
    switch (event.type) {
      case 'AmendApproved':
        return stage === 'asked' ? 'approved' : stage
      case 'OrderAmendStarted':
        return 'started'
      case 'OrderAmendOutcomeUnknown':
        return 'unknown'
      case 'AmendDenied':
      case 'OrderAmended':
      case 'OrderAmendRefused':
        return 'over'
      case 'OrderAmendRequested':
        return stage
    }
  }, 'asked')
