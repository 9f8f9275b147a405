/** What is wrong with limits that decode: nothing that could never bind, or be understood, is recorded. */
import type { RequestFault } from '#adapters/http/faults'
import { faultsInLimits, type LimitFault } from '#domain/risk/control'
import { fieldFault } from '#schemas/request'
import type { BookId } from '#schemas/values/ids'
import { placesOfQuantity, type Ratio } from '#schemas/values/decimal'
import type { Limits } from '#schemas/values/trading'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'
import { unknownZones } from './zones.ts'

export const bookFaults = (directory: Directory, id: BookId): readonly RequestFault[] =>
  directory.book(id) === undefined
    ? [unknownName(['book'], 'unknownBook', id, directory.books())]
    : []

export const limitFaults = (directory: Directory, limits: Limits): readonly RequestFault[] => [
  ...faultsInValues(limits).map(({ path, detail }) =>
    fieldFault(['limits', ...path], 'invalid', detail),
  ),
  ...unknownSymbols(directory, limits),
  ...unknownVenues(directory, limits),
]

/** What no list of this ledger has to be asked about. */
export const faultsInValues = (limits: Limits): readonly LimitFault[] => [
  ...faultsInLimits(limits),
  ...partsAboveWhole(limits),
  ...unknownZones(limits),
]

/** A guard that finds them in its log goes by them; who asks for them has mistaken 5 % for 5. */
const partsAboveWhole = ({ overrides = [], ...limits }: Limits): readonly LimitFault[] => [
  ...parts.flatMap((name) => aboveWhole([name], limits[name])),
  ...overrides.flatMap(({ priceCollar }, index) =>
    aboveWhole(['overrides', String(index), 'priceCollar'], priceCollar),
  ),
]
const aboveWhole = (path: readonly string[], part: Ratio | undefined): readonly LimitFault[] =>
  part !== undefined && part > whole
    ? [{ path, detail: 'must be at most 1: it is a part, and 0.05 is 5 %' }]
    : []
const parts = ['maxConcentration', 'priceCollar', 'maxMarkJump', 'maxDrawdown'] as const
const whole = 10n ** BigInt(placesOfQuantity)

/** A limit on a misspelt symbol would bind nothing. */
const unknownSymbols = (directory: Directory, limits: Limits): readonly RequestFault[] => {
  const known = new Set<string>(directory.instruments().map((row) => row.symbol))
  const unknown = (path: readonly string[], symbol: string): readonly RequestFault[] =>
    known.has(symbol) ? [] : [unknownName(['limits', ...path], 'unknownSymbol', symbol, [...known])]
  const bySymbol = (some: Pick<Limits, SymbolLimit>, path: readonly string[]) =>
    symbolLimits.flatMap((name) =>
      Object.keys(some[name] ?? {}).flatMap((symbol) => unknown([...path, name, symbol], symbol)),
    )
  return [
    ...bySymbol(limits, []),
    ...(limits.overrides ?? []).flatMap((override, index) => {
      const path = ['overrides', String(index)]
      const { symbol } = override
      return [
        ...(symbol === undefined ? [] : unknown([...path, 'symbol'], symbol)),
        ...bySymbol(override, path),
      ]
    }),
  ]
}
const symbolLimits = ['maxOrderQuantity', 'maxPosition'] as const
type SymbolLimit = (typeof symbolLimits)[number]

/** The same of the venues that are to be traded at certain times. */
const unknownVenues = (
  directory: Directory,
  { tradingWindows = {} }: Limits,
): readonly RequestFault[] => {
  const known = new Set<string>(directory.instruments().map((row) => row.venue))
  return Object.keys(tradingWindows)
    .filter((venue) => !known.has(venue))
    .map((venue) =>
      unknownName(['limits', 'tradingWindows', venue], 'unknownVenue', venue, [...known]),
    )
}
