/** The defaults of a fresh ledger: one person, one book, one account, and money to begin with. */
import * as E from 'fp-ts/lib/Either.js'
import type { ApiKeyIssued, PersonAdmitted } from '#schemas/events/access'
import type { AccountOpened, FundsDeposited } from '#schemas/events/account'
import type { BookOpened } from '#schemas/events/risk'
import {
  type Amount,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Ratio,
} from '#schemas/values/decimal'
import type { AccountId, BookId, Currency, Line, PersonId } from '#schemas/values/ids'
import type { Limits, Role } from '#schemas/values/trading'

const fixed = (text: string, places: number): bigint => {
  const parsed = parseDecimal(text, places)
  if (E.isLeft(parsed)) throw new Error(`${text} is no decimal`)
  return parsed.right
}
const money = (text: string): Amount => fixed(text, placesOfAmount) as Amount
const factor = (text: string): Ratio => fixed(text, placesOfQuantity) as Ratio

export const mainBook = 'main' as BookId
export const mainAccount = 'main' as AccountId
export const owner = 'owner' as PersonId
const reason = 'default' as Line
const usdt = 'USDT' as Currency
const roles: readonly Role[] = ['trader', 'risk', 'operator', 'auditor', 'admin']

export const ownerAdmitted: PersonAdmitted = {
  type: 'PersonAdmitted',
  person: owner,
  roles,
  reason,
}
export const keyIssued = (key: Pick<ApiKeyIssued, 'keyId' | 'secretHash'>): ApiKeyIssued => ({
  type: 'ApiKeyIssued',
  person: owner,
  keyId: key.keyId,
  roles,
  secretHash: key.secretHash,
})

export const defaultLimits: Limits = {
  maxOrderNotional: money('50000'),
  maxOrderQuantity: {},
  maxPosition: {},
  maxPositionNotional: money('200000'),
  maxGrossExposure: money('500000'),
  maxNetExposure: money('500000'),
  maxLeverage: factor('1'),
  maxConcentration: factor('1'),
  maxOpenOrders: 200,
  maxUnknownOrders: 5,
  maxOrdersPerSecond: 20,
  maxOrdersPerMinute: 300,
  maxOrdersPerHour: 5000,
  priceCollar: factor('0.05'),
  maxMarkAgeMs: 5000,
  maxLogLagMs: 2000,
  maxMarkJump: factor('0.1'),
  maxDailyLoss: money('20000'),
  maxDrawdown: factor('0.1'),
  duplicateWindowMs: 0,
  maxStrategyCapital: {},
  maxStrategyPositions: {},
  tradingWindows: {},
}

export const bookOpened = (limits: Limits): BookOpened => ({
  type: 'BookOpened',
  book: mainBook,
  currency: usdt,
  control: 'single',
  tradingDay: { time: '00:00', zone: 'UTC' },
  limits,
})
export const accountOpened: AccountOpened = {
  type: 'AccountOpened',
  account: mainAccount,
  book: mainBook,
  currency: usdt,
  leverage: factor('1'),
  costBasis: 'average',
}
export const fundsDeposited: FundsDeposited = {
  type: 'FundsDeposited',
  account: mainAccount,
  book: mainBook,
  currency: usdt,
  amount: money('1000000'),
  reason,
}
