/** How much of an event the lists in limits take, as they are written: what no event has room for is not set. */
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Quantity,
} from '#schemas/values/decimal'
import type { LimitOverride, Limits, TradingWindow } from '#schemas/values/trading'

/** So much of an event's 256 KiB is for what it lists; the rest is for all else that it says. */
const listBytesMax = 240_000
/** An id takes 39 characters with its quotes and comma. */
export const releasedMax = 6_000

/** What is too much in limits as a whole, however little a proposal has added to it, and what to do. */
export const oversizeOf = (limits: Limits): string | undefined => {
  const bytes = bytesBySymbol(limits)
  if (bytes > listBytesMax)
    return `${bySymbol.join(' and ')} would take ${inWords(bytes, listBytesMax)}: propose fewer symbols.`
  return oversizeBeside(bytes, otherLists(limits))
}
/** Never less than the lists of these limits take. */
export const listBytesIn = (limits: Limits): number =>
  otherLists(limits).reduce((sum, { bytes }) => sum + bytes, bytesBySymbol(limits))

interface List {
  readonly name: keyof Limits
  readonly bytes: number
}
const otherLists = (limits: Limits): readonly List[] => [
  { name: 'maxStrategyCapital', bytes: bytesByName(limits.maxStrategyCapital, amountLength) },
  { name: 'maxStrategyPositions', bytes: bytesByName(limits.maxStrategyPositions, numberLength) },
  { name: 'tradingWindows', bytes: bytesByName(limits.tradingWindows, windowsLength) },
  { name: 'overrides', bytes: sumOf(limits.overrides ?? [], bytesOfOverride) },
]
/** The first that there is no room for beside those before it. */
const oversizeBeside = (taken: number, [list, ...rest]: readonly List[]): string | undefined => {
  if (list === undefined) return undefined
  const { name, bytes } = list
  return taken + bytes > listBytesMax
    ? `${name} would take ${inWords(bytes, listBytesMax - taken)}: propose fewer of them.`
    : oversizeBeside(taken + bytes, rest)
}
const inWords = (bytes: number, room: number): string =>
  `${String(bytes)} characters, more than the ${String(room)} that there is room for`

const bySymbol = ['maxOrderQuantity', 'maxPosition'] as const satisfies readonly (keyof Limits)[]
const bytesBySymbol = (limits: Limits): number =>
  sumOf(bySymbol, (name) => bytesByName(limits[name], quantityLength))
const bytesByName = <Value>(
  values: Readonly<Record<string, Value>> | undefined,
  lengthOf: (value: Value) => number,
): number =>
  sumOf(
    Object.entries(values ?? {}),
    ([name, value]) => name.length + lengthOf(value) + punctuation,
  )
const bytesOfOverride = (override: LimitOverride): number =>
  sumOf(Object.entries(override), ([name, value]) =>
    typeof value === 'object' ? 0 : name.length + valueLength(value) + 2 + punctuation,
  ) +
  bytesBySymbol(override) +
  bySymbol.join().length +
  2 * punctuation

/** Of a window without its texts; each of them has quotes and a comma besides. */
const windowFrame = '{"zone":"days":[],"from":"to":"except":[]},'.length
const windowsLength = (windows: readonly TradingWindow[]): number =>
  sumOf(
    windows,
    ({ zone, days, from, to, except = [] }) =>
      windowFrame + sumOf([zone, from, to, ...days, ...except], (text) => text.length + 3),
  )
const quantityLength = (value: Quantity): number => formatDecimal(value, placesOfQuantity).length
const amountLength = (value: Amount): number => formatDecimal(value, placesOfAmount).length
const numberLength = (value: number): number => String(value).length
/** A figure by the scale in which it takes more. */
const valueLength = (value: bigint | number | string): number =>
  typeof value === 'bigint'
    ? Math.max(
        formatDecimal(value, placesOfQuantity).length,
        formatDecimal(value, placesOfAmount).length,
      )
    : String(value).length
/** Two texts in quotes, a colon and a comma. */
const punctuation = 6

const sumOf = <A>(all: readonly A[], of: (each: A) => number): number =>
  all.reduce((sum, each) => sum + of(each), 0)
