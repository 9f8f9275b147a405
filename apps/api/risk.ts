/** GET /v1/risk: what binds a book and how it stands, by the very folds that its guard decides from. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import type { Exposure } from '#domain/risk/exposure'
import { drawdownOf, lossOf, type Stand } from '#domain/risk/loss'
import type { Standing } from '#domain/risk/standing'
import { grossOf, type Sum } from '#domain/risk/sums'
import { hour, minute, second } from '#domain/risk/velocity'
import { dayAt, standOf, type Wealth, wealthOf, worthOfFlows } from '#domain/risk/wealth'
import { abs, addAmount } from '#domain/values/decimal'
import { laterOf } from '#domain/values/instant'
import { RiskReply, RiskQuery } from '#schemas/api/risk'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
} from '#schemas/values/decimal'
import { formatInstant } from '#schemas/values/instant'
import type { KillSwitchMode } from '#schemas/values/trading'
import { Limits } from '#schemas/values/trading'
import type { BookEntry, Directory } from './directory.ts'
import { mainBook } from './fresh-ledger.ts'
import { killSwitchView } from './kill-switch.ts'
import type { Progress } from './progress.ts'
import { proposalView } from './proposal-view.ts'
import type { RiskView } from './risk-view.ts'

export interface RiskMeans {
  readonly directory: Directory
  readonly risk: RiskView
  readonly progress: Progress
  readonly clock: Pick<Clock, 'now'>
}

const showing = {
  method: 'GET',
  path: '/v1/risk',
  summary: 'What binds a book and how it stands.',
  tag: 'risk',
  query: RiskQuery,
  replies: { 200: RiskReply },
  problems: ['notFound', 'notReady'],
} as const satisfies KeyedDescription

export const showRisk = ({ directory, risk, progress, clock }: RiskMeans): KeyedRoute =>
  keyed(showing, async ({ query }) => {
    const id = query.book ?? mainBook
    const book = directory.book(id)
    if (book === undefined) return E.left({ _tag: 'BookUnknown', book: id })
    const standing = risk.of(id)
    if (standing === undefined) {
      return E.left({ _tag: 'NotReady', detail: 'The log is still being read. Ask again.' })
    }
    const { desk, exposure } = standing
    // As its guard does: never before its last decision.
    const at = laterOf(clock.now(), desk.at())
    const body: RiskReply = {
      book: id,
      currency: book.opened.currency,
      control: book.control,
      state: severest(book),
      killSwitches: book.killSwitches.map(killSwitchView),
      limits: Limits.encode(book.limits),
      proposals: directory.pending(id).map((entry) => proposalView(entry, directory)),
      exposure: { ...sumView(exposure.total()), bySymbol: bySymbol(exposure) },
      ...worthOf(standing),
      orderVelocity: {
        perSecond: desk.velocity.within(at, second),
        perMinute: desk.velocity.within(at, minute),
        perHour: desk.velocity.within(at, hour),
      },
      logPosition: progress.position().toString(),
    }
    return E.right({ status: 200, body })
  })

/** The most severe of what stands. */
export const severest = ({ killSwitches }: BookEntry): 'active' | KillSwitchMode => {
  if (killSwitches.some(({ event }) => event.mode === 'halt')) return 'halt'
  return killSwitches.length > 0 ? 'reduce' : 'active'
}

type WorthReply = Pick<RiskReply, 'equity' | 'dailyPnl' | 'drawdown' | 'tradingDay'>
/** By the marks that its guard has recorded, however old: it records them anew when they have moved. */
const worthOf = (standing: Standing): WorthReply => {
  const wealth = wealthOf(standing, undefined)
  const stand = standOf(standing, wealth, standing.desk.at())
  return {
    equity: shown(wealth.equity),
    dailyPnl: stand === undefined ? null : shown((0n - lossOf(stand)) as Amount),
    drawdown: stand === undefined ? null : formatDecimal(drawdownOf(stand), placesOfQuantity),
    tradingDay: tradingDayOf(standing, wealth, stand),
  }
}
const tradingDayOf = (
  standing: Standing,
  { flows }: Wealth,
  stand: Stand | undefined,
): WorthReply['tradingDay'] => {
  const { desk } = standing
  const open = dayAt(standing, desk.at())
  if (open === undefined) return null
  const came = worthOfFlows(flows)
  const { day, opensAt, closesAt, late, openEquity } = open
  return {
    day,
    opensAt: formatInstant(opensAt),
    closesAt: formatInstant(closesAt),
    late,
    openEquity: moneyText(addAmount(openEquity, came)),
    highWater: moneyText(stand?.highWater ?? addAmount(desk.day().highWater, came)),
  }
}

const bySymbol = (exposure: Exposure): RiskReply['exposure']['bySymbol'] =>
  Object.fromEntries(
    [...exposure.markets()]
      .map((symbol) => [symbol, exposure.ofSymbol(symbol)] as const)
      .filter(([, { gross, unpriced }]) => gross !== 0n || unpriced > 0)
      .map(([symbol, sum]) => [symbol, sumView(sum)]),
  )

/** Null: something in it has no price. */
const sumView = (sum: Sum) => ({ gross: shown(grossOf(sum)), net: shown(signedNet(sum)) })

/** At worst, as the limit has it: long above 0, short below. Without open orders both are what is held. */
const signedNet = ({ long, short, unpriced }: Sum): Amount | undefined => {
  if (unpriced > 0) return undefined
  return abs(long) >= abs(short) ? long : short
}
const shown = (amount: Amount | undefined): string | null =>
  amount === undefined ? null : moneyText(amount)
const moneyText = (amount: Amount): string => formatDecimal(amount, placesOfAmount)
