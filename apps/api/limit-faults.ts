/** What is wrong with limits that decode: nothing that could never bind, or be understood, is recorded. */
import type { RequestFault } from '#adapters/http/faults'
import { faultsInLimits } from '#domain/risk/control'
import { fieldFault } from '#schemas/request'
import type { BookId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'
import { unknownZones } from './zones.ts'

export const bookFaults = (directory: Directory, id: BookId): readonly RequestFault[] =>
  directory.book(id) === undefined
    ? [unknownName(['book'], 'unknownBook', id, directory.books())]
    : []

export const limitFaults = (directory: Directory, limits: Limits): readonly RequestFault[] => [
  ...[...faultsInLimits(limits), ...unknownZones(limits)].map(({ path, detail }) =>
    fieldFault(['limits', ...path], 'invalid', detail),
  ),
  ...unknownSymbols(directory, limits),
  ...unknownVenues(directory, limits),
]

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
