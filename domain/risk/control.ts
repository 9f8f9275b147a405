/**
 * What changes of a book's limits may happen at once, and which have to wait. Tightening is for one person and
 * at once. What loosens waits: it is tighter only if nothing that is denied now could be approved then.
 */
import { isEqual } from '#domain/values/equal'
import { plusMs } from '#domain/values/instant'
import { MarketSymbol, StrategyId, VenueId } from '#schemas/values/ids'
import { type Instant, parseInstant } from '#schemas/values/instant'
import type { LimitOverride, Limits, TradingWindow } from '#schemas/values/trading'

export type LimitName = keyof Limits

/** Under `single` control nothing that loosens takes effect sooner than this after it was asked for. */
export const settlingMs = 60_000
/** What has not taken effect by then never will. */
export const proposalLifeMs = 24 * 3_600_000

/** From when on what loosens may take effect, under `single` control. */
export const effectiveAtOf = (occurredAt: Instant): Instant => plusMs(occurredAt, settlingMs)
/** The last instant at which it may. */
export const expiresAtOf = (occurredAt: Instant): Instant => plusMs(occurredAt, proposalLifeMs)

/** The limits that a proposal names take the place of those in force; all others stay as they are. */
export const mergedWith = (current: Limits, proposed: Limits): Limits => ({
  ...current,
  ...proposed,
})

/**
 * The limits that a proposal would loosen. A maximum that is absent does not bind, so setting one tightens, and
 * a map by symbol loosens where a symbol's maximum grows or is left out.
 */
export const loosens = (current: Limits, proposed: Limits): readonly LimitName[] =>
  namesOf(proposed).filter((name) => changesOf[name](current, proposed))
/** Whether two proposals are about one and the same limit. */
export const overlap = (a: Limits, b: Limits): readonly LimitName[] =>
  namesOf(a).filter((name) => b[name] !== undefined)

/** What is wrong with limits that decode: where, as the keys that lead there, and what. */
export interface LimitFault {
  readonly path: readonly string[]
  readonly detail: string
}
/** Nothing: a guard will set them, at once or in time. */
export const faultsInLimits = (limits: Limits): readonly LimitFault[] => {
  const names = namesOf(limits)
  if (names.length === 0) return [{ path: [], detail: 'must name at least one limit' }]
  return names.flatMap((name) => faultsIn(name, limits))
}
const faultsIn = (name: LimitName, limits: Limits): readonly LimitFault[] => {
  switch (name) {
    case 'maxOrderQuantity':
    case 'maxPosition':
      return strangers(name, limits[name], MarketSymbol, 'must be a symbol such as BTC/USDT')
    case 'duplicateWindowMs': {
      const window = limits[name] ?? 0
      return window >= 0 && window <= duplicateWindowMsMax
        ? []
        : [
            {
              path: [name],
              detail: `must be 0 to ${String(duplicateWindowMsMax)}: an hour at most`,
            },
          ]
    }
    case 'maxStrategyCapital':
    case 'maxStrategyPositions':
      return strangers(name, limits[name], StrategyId, 'must be the name of a strategy')
    case 'tradingWindows':
      return [
        ...strangers(name, limits[name], VenueId, 'must be the name of a venue'),
        ...Object.entries(limits[name] ?? {}).flatMap(([venue, windows]) =>
          windows.flatMap((window, index) =>
            faultsInWindow(window).map((detail) => ({
              path: [name, venue, String(index)],
              detail,
            })),
          ),
        ),
      ]
    case 'overrides':
      return faultsInOverrides(limits[name] ?? [])
    default: {
      const most = limits[name]
      return most !== undefined && most < 0 ? [{ path: [name], detail: 'must not be below 0' }] : []
    }
  }
}
/** Every order of so long is remembered. */
const duplicateWindowMsMax = 3_600_000
const strangers = (
  name: LimitName,
  value: object | undefined,
  names: { readonly is: (u: unknown) => boolean },
  detail: string,
): readonly LimitFault[] =>
  Object.keys(value ?? {})
    .filter((key) => !names.is(key))
    .map((key) => ({ path: [name, key], detail }))
const timeOfDay = /^([01][0-9]|2[0-3]):[0-5][0-9]$/
const faultsInWindow = ({ days, from, to, except = [] }: TradingWindow): readonly string[] => [
  ...(days.length === 0 ? ['must name at least one day'] : []),
  ...(timeOfDay.test(from) ? [] : ['must open at a time of day such as 09:30']),
  ...(timeOfDay.test(to) || to === '24:00' ? [] : ['must close at a time of day such as 16:00']),
  ...(except.every((date) => parseInstant(`${date}T00:00:00Z`) !== undefined)
    ? []
    : ['must except dates such as 2026-12-25']),
]
/**
 * A part that is named once has each limit once: so few can cover one order, seven parts at most, that a decision
 * which tells what each of them found is always small enough to be recorded.
 */
const faultsInOverrides = (overrides: readonly LimitOverride[]): readonly LimitFault[] => {
  const parts = overrides.map(partOf)
  const first = new Map(parts.map((part, index): [string, number] => [part, index]).toReversed())
  return overrides.flatMap((override, index) => {
    const before = first.get(parts[index] ?? '') ?? index
    return [
      ...(before === index ? [] : [{ path: [], detail: sameAs(before) }]),
      ...faultsInOverride(override),
    ].map(({ path, detail }) => ({ path: ['overrides', String(index), ...path], detail }))
  })
}
/** No name has a blank in it. */
const partOf = ({ account, strategy, symbol }: LimitOverride): string =>
  [account ?? '', strategy ?? '', symbol ?? ''].join(' ')
const sameAs = (index: number): string =>
  `must name another part of the book than overrides/${String(index)} does`
const faultsInOverride = (override: LimitOverride): readonly LimitFault[] => {
  const { account, strategy, symbol, ...limits } = override
  const isScoped = account !== undefined || strategy !== undefined || symbol !== undefined
  return [
    ...(isScoped ? [] : [{ path: [], detail: 'must name an account, a strategy or a symbol' }]),
    ...faultsInLimits(limits),
  ]
}

const namesOf = (limits: Limits): readonly LimitName[] =>
  limitNames.filter((name) => limits[name] !== undefined)

type Loosens = (current: Limits, proposed: Limits) => boolean
type NameOf<Value> = {
  [Name in LimitName]-?: NonNullable<Limits[Name]> extends Value ? Name : never
}[LimitName]

/** It binds less than before: it is greater than one that bound. */
const grows = (before: bigint | number | undefined, after: bigint | number | undefined): boolean =>
  before !== undefined && (after === undefined || after > before)
const most =
  (name: NameOf<bigint | number>): Loosens =>
  (current, proposed) =>
    grows(current[name], proposed[name])
const mostByName =
  (name: NameOf<Readonly<Record<string, bigint>>> | 'maxStrategyPositions'): Loosens =>
  (current, proposed) =>
    Object.entries<bigint | number>(current[name] ?? {}).some(([key, before]) =>
      grows(before, proposed[name]?.[key]),
    )
/**
 * The collar does two things: a limit price may be so far beyond the mark, and a market order counts as if it
 * filled so far beyond it. A wider one lets worse prices through, a narrower one larger market orders, so that
 * any change of it may approve what was denied.
 */
const collar: Loosens = (current, proposed) =>
  current.priceCollar !== undefined && current.priceCollar !== proposed.priceCollar

/**
 * By these two a price is believed or not, and what is not believed trips no limit of losses. While there is one,
 * any change may blind the watch over it, also where none was set before; else a greater one believes more.
 */
const sight =
  (name: 'maxMarkJump' | 'maxMarkAgeMs'): Loosens =>
  (current, proposed) =>
    current.maxDailyLoss === undefined && current.maxDrawdown === undefined
      ? grows(current[name], proposed[name])
      : current[name] !== proposed[name]

/** A longer time finds more orders to be the same again. */
const shrinks =
  (name: NameOf<number>): Loosens =>
  (current, proposed) =>
    (proposed[name] ?? 0) < (current[name] ?? 0)
/** Other times than those that bound may be times that did not. */
const otherWindows: Loosens = (current, proposed) =>
  Object.entries(current.tradingWindows ?? {}).some(
    ([venue, windows]) => !isEqual(windows, proposed.tradingWindows?.[venue]),
  )
/**
 * Whatever bound a part of the book goes on to: each limit by one that is no greater, of that very part. What binds
 * more of the book is not known to bind it as tightly, for more of it may net.
 */
const otherOverrides: Loosens = ({ overrides = [] }, { overrides: after = [] }) =>
  overrides.some((override) => {
    const { account, strategy, symbol, ...limits } = override
    const ofSame = after.filter(
      (each) => each.account === account && each.strategy === strategy && each.symbol === symbol,
    )
    return namesOf(limits).some((name) => !ofSame.some((each) => upholds(name, limits, each)))
  })
/** Of a part of a book the collar values nothing: it only holds prices, and a narrower one tightens. */
const upholds = (name: LimitName, before: Limits, after: Limits): boolean =>
  name === 'priceCollar'
    ? !grows(before.priceCollar, after.priceCollar)
    : !changesOf[name](before, after)
/** Each limit once; the compiler refuses this record when one is missing. */
const changesOf: Readonly<Record<LimitName, Loosens>> = {
  maxOrderNotional: most('maxOrderNotional'),
  maxOrderQuantity: mostByName('maxOrderQuantity'),
  maxPosition: mostByName('maxPosition'),
  maxPositionNotional: most('maxPositionNotional'),
  maxGrossExposure: most('maxGrossExposure'),
  maxNetExposure: most('maxNetExposure'),
  maxLeverage: most('maxLeverage'),
  maxConcentration: most('maxConcentration'),
  maxOpenOrders: most('maxOpenOrders'),
  maxUnknownOrders: most('maxUnknownOrders'),
  maxOrdersPerSecond: most('maxOrdersPerSecond'),
  maxOrdersPerMinute: most('maxOrdersPerMinute'),
  maxOrdersPerHour: most('maxOrdersPerHour'),
  priceCollar: collar,
  maxMarkAgeMs: sight('maxMarkAgeMs'),
  maxLogLagMs: most('maxLogLagMs'),
  maxMarkJump: sight('maxMarkJump'),
  maxDailyLoss: most('maxDailyLoss'),
  maxDrawdown: most('maxDrawdown'),
  duplicateWindowMs: shrinks('duplicateWindowMs'),
  maxStrategyCapital: mostByName('maxStrategyCapital'),
  maxStrategyPositions: mostByName('maxStrategyPositions'),
  tradingWindows: otherWindows,
  overrides: otherOverrides,
}
const limitNames = Object.keys(changesOf) as readonly LimitName[]
