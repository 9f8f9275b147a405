/**
 * What each check measures, in words that need nothing but the figures that a decision records. Approvals keep
 * no more than those, so whether a check passed, how much room was left and what that means is told from here.
 */
import type { CheckCode } from '#schemas/codes'
import type { CheckOutcome } from '#schemas/events/risk'
import { parseDecimal, placesOfAmount } from '#schemas/values/decimal'
import { parseInstant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'
import * as E from 'fp-ts/lib/Either.js'

/** Which way the limit bounds what is observed; `state`: it is one thing or another, and nothing is left over. */
export type Direction = 'atMost' | 'atLeast' | 'state'

/** One check of an approval as it was recorded; empty texts: there was none. */
export interface Figures {
  readonly observed: string
  readonly limit: string
  readonly terms: Terms
}
export interface Described {
  readonly direction: Direction
  /** The subject of a sentence: "The quantity of the order". */
  readonly what: string
  /** What the figures say of the outcome, where that is not what their direction says. */
  readonly outcome?: (figures: Figures) => CheckOutcome
  /** Of what passed, where it is not "<what> is <observed> <unit>, at most <limit>.". */
  readonly passed?: (figures: Figures) => string
  /** Of what failed, and did not stop the order. */
  readonly failed?: (figures: Figures) => string
}

/** A decimal as a count of 10^-36, or nothing where it is none: every figure of a decision has room in it. */
export const figureOf = (text: string): bigint | undefined => {
  const parsed = parseDecimal(text, placesOfAmount, digitsOfFigure)
  return E.isRight(parsed) ? parsed.right : undefined
}
const digitsOfFigure = 60

/** Whether it passed, by the figures. */
export const outcomeBy = (described: Described, figures: Figures): CheckOutcome => {
  const { observed, limit } = figures
  if (described.outcome !== undefined) return described.outcome(figures)
  if (limit === '' || described.direction === 'state') return 'passed'
  if (observed === '') return 'notEvaluated'
  return roomIn(described.direction, observed, limit) === 'none' ? 'failed' : 'passed'
}
const roomIn = (
  direction: Exclude<Direction, 'state'>,
  observed: string,
  limit: string,
): 'some' | 'none' => {
  const [value, bound] = [figureOf(observed), figureOf(limit)]
  if (value === undefined || bound === undefined) return 'some'
  const left = direction === 'atMost' ? bound - value : value - bound
  return left < 0n ? 'none' : 'some'
}

const atMost = (what: string): Described => ({ direction: 'atMost', what })
const state = (
  what: string,
  passed: (figures: Figures) => string,
  rest: Pick<Described, 'outcome' | 'failed'> = {},
): Described => ({ direction: 'state', what, passed, ...rest })

/** Without a limit it would go to any price. */
const meetsOwn = ({ observed, limit, terms }: Figures): CheckOutcome => {
  if (observed === '') return 'passed'
  const [other, own] = [figureOf(observed), figureOf(limit)]
  if (other === undefined || own === undefined) return 'failed'
  const isAcross = terms.side === 'buy' ? own >= other : own <= other
  return isAcross ? 'failed' : 'passed'
}
const hasPrice = ({ terms }: Figures): boolean =>
  terms.limitPrice !== undefined || terms.stopPrice !== undefined
const pricesIn = (observed: string): string =>
  observed.includes(' and ')
    ? `The prices ${observed} are multiples`
    : `The price ${observed} is a multiple`

/** From its opening until just before it closes, as the check writes it. */
const isInSession = (observed: string, limit: string): boolean => {
  const [opensAt, closesAt] = limit.split('/').map(parseInstant)
  const at = parseInstant(observed)
  if (at === undefined || opensAt === undefined || closesAt === undefined) return false
  return opensAt <= at && at < closesAt
}

/** Each check once; the compiler refuses this record when one is missing. */
export const described: Readonly<Record<CheckCode, Described>> = {
  bookOpen: state('Whether the book is open', () => 'The book is open.'),
  accountOpen: state(
    'Whether the account is open in the book',
    ({ terms }) => `Account ${terms.account} is open in the book.`,
  ),
  killSwitch: state('The kill switches that cover the order', ({ observed }) =>
    observed === 'active'
      ? 'No kill switch covers the order.'
      : 'A kill switch covers the order, and lets through what reduces.',
  ),
  instrumentListed: state(
    'Whether the venue lists the symbol',
    ({ terms }) => `${terms.symbol} is listed at ${terms.venue}.`,
  ),
  orderTypeNative: state(
    'The type of the order',
    ({ terms }) => `${terms.venue} knows ${terms.orderType} orders of ${terms.symbol}.`,
  ),
  timeInForce: state('When the order ends by itself', ({ observed, terms }) =>
    observed === ''
      ? `The order does not end by itself at a time (${terms.timeInForce}).`
      : `The order ends at ${observed}.`,
  ),
  priceIncrement: state("The order's prices in whole ticks", ({ observed, limit }) =>
    observed === '' ? 'A market order has no price.' : `${pricesIn(observed)} of ${limit}.`,
  ),
  quantityIncrement: state(
    'The quantity in whole lots',
    ({ observed, limit }) => `The quantity ${observed} is a multiple of ${limit}.`,
  ),
  quantityMin: { direction: 'atLeast', what: 'The quantity of the order' },
  quantityMax: atMost('The quantity of the order'),
  notionalMin: { direction: 'atLeast', what: 'What the order is worth at its price' },
  reduceOnly: {
    ...atMost('The quantity of the order'),
    passed: ({ observed, limit }) =>
      observed === ''
        ? 'The order may also enlarge a position.'
        : `The order reduces by ${observed}, and there are ${limit} to reduce.`,
  },
  opposingStrategies: state(
    'What another strategy of the account holds against it',
    ({ terms }) =>
      `No other strategy in ${terms.account} stands against a ${terms.side} in ${terms.symbol}.`,
    {
      outcome: ({ observed, limit }) =>
        observed === '' && limit !== '' ? 'notEvaluated' : observed === limit ? 'passed' : 'failed',
      failed: ({ observed, terms }) =>
        `Another strategy in ${terms.account} holds or may come to hold ${observed} of ${terms.symbol} against it.`,
    },
  ),
  venueReconciled: state(
    'Whether the venue has told all that the account has there',
    ({ terms }) => `${terms.venue} had told all that account ${terms.account} has there.`,
    {
      outcome: ({ observed, limit }) => (observed === limit ? 'passed' : 'failed'),
      failed: ({ observed, terms }) =>
        `What account ${terms.account} has at ${terms.venue} was not known for sure (${observed}).`,
    },
  ),
  tradingWindow: state(
    'Whether the venue is within a session that the book trades in',
    ({ limit, terms }) =>
      limit === ''
        ? `${terms.venue} may be traded at any time.`
        : `${terms.venue} was within its session, ${limit}.`,
    {
      outcome: ({ observed, limit }) => {
        if (limit === 'never') return 'notEvaluated'
        return limit === '' || isInSession(observed, limit) ? 'passed' : 'failed'
      },
      failed: ({ observed, limit, terms }) =>
        `${terms.venue} was closed at ${observed}: its session is ${limit}.`,
    },
  ),
  markFresh: {
    ...atMost('The age of the mark'),
    // Nothing was observed only where there was no mark at all.
    outcome: ({ observed, limit, terms }) =>
      observed === '' ? 'failed' : outcomeBy(atMost(''), { observed, limit, terms }),
    failed: ({ observed, limit, terms }) =>
      observed === ''
        ? `There was no mark of ${terms.symbol}.`
        : `The age of the mark is ${observed} ms, more than the ${limit} allowed.`,
  },
  markPlausible: atMost('The jump of the mark'),
  priceCollar: {
    ...atMost('How far the price is beyond the mark'),
    outcome: (figures) =>
      figures.observed === '' && !hasPrice(figures) ? 'passed' : outcomeBy(atMost(''), figures),
    passed: ({ observed, limit, terms }) =>
      limit === ''
        ? 'No price collar is set.'
        : observed === ''
          ? `A ${terms.orderType} order has no price to hold to the collar.`
          : `The price is ${observed} of the mark beyond it, at most ${limit}.`,
  },
  orderQuantity: atMost('The quantity of the order'),
  orderNotional: atMost("The order's notional, at worst,"),
  positionQuantity: atMost('The position with this and all open orders, at worst,'),
  positionNotional: atMost('The worth of the position with this and all open orders, at worst,'),
  grossExposure: atMost('The gross exposure, at worst,'),
  netExposure: atMost('The net exposure, at worst,'),
  concentration: atMost('The share of the symbol in the gross exposure allowed'),
  buyingPower: atMost('What is needed for this and all else that is open'),
  strategyCapital: atMost("The strategy's capital in use"),
  strategyPositions: atMost("The number of the strategy's positions"),
  dailyLoss: atMost('The loss of the trading day'),
  drawdown: atMost('The drawdown from the highest equity'),
  duplicateIntent: state(
    'How long ago the same order was approved',
    ({ limit, terms }) =>
      limit === ''
        ? 'The same order may come again at any time.'
        : `${terms.strategy} was not given the same order in the last ${limit} ms.`,
    {
      outcome: ({ observed }) => (observed === '' ? 'passed' : 'failed'),
      failed: ({ observed, terms }) =>
        `${terms.strategy} was given the same order ${observed} ms before.`,
    },
  ),
  selfTrade: state(
    'The price at which the book has an order on the other side',
    ({ observed }) =>
      observed === ''
        ? 'No open order of the book could trade with it.'
        : `The book's own orders on the other side begin at ${observed}, beyond the order.`,
    {
      outcome: meetsOwn,
      failed: ({ observed }) =>
        observed === 'market'
          ? 'An open order of the book would trade at any price, and perhaps with it.'
          : `An open order of the book at ${observed} might trade with it.`,
    },
  ),
  openOrders: atMost('The number of open orders with this one'),
  unknownOrders: atMost('The number of orders of unknown outcome'),
  ordersPerSecond: atMost('The number of orders approved in the last second with this one'),
  ordersPerMinute: atMost('The number of orders approved in the last minute with this one'),
  ordersPerHour: atMost('The number of orders approved in the last hour with this one'),
  logLag: atMost('The age of the newest event that the guard had seen'),
}
export const describedBy = (code: string): Described | undefined =>
  Object.hasOwn(described, code) ? described[code as CheckCode] : undefined
