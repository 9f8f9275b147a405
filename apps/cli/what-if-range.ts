/** Which decisions are asked about: from and to a time or a place in the log, both included. */
import { UsageError } from '#apps/process/failure'
import { formatInstant, type Instant, parseInstant } from '#schemas/values/instant'

export type Bound =
  | { readonly _tag: 'Position'; readonly position: bigint }
  | { readonly _tag: 'Time'; readonly at: Instant }
export interface Range {
  readonly from: Bound | undefined
  readonly to: Bound | undefined
}
interface Place {
  readonly position: bigint
  readonly at: Instant
}

export const rangeOf = (from: string | undefined, to: string | undefined): Range => {
  const range = { from: boundOf('--from', from), to: boundOf('--to', to) }
  if (isEmpty(range))
    throw new UsageError(`The range is empty: --from ${from} is after --to ${to}.`)
  return range
}
const boundOf = (option: string, text: string | undefined): Bound | undefined => {
  if (text === undefined) return undefined
  if (/^\d{1,18}$/.test(text)) return { _tag: 'Position', position: BigInt(text) }
  // A day begins at midnight, UTC.
  const at = parseInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
  if (at === undefined) {
    throw new UsageError(
      `${option} is ${text}; it is a place in the log such as 1234, or a time such as 2026-11-20T09:00:00Z.`,
    )
  }
  return { _tag: 'Time', at }
}
const isEmpty = ({ from, to }: Range): boolean => {
  if (from?._tag === 'Position' && to?._tag === 'Position') return from.position > to.position
  return from?._tag === 'Time' && to?._tag === 'Time' && from.at > to.at
}

export const isBefore = (place: Place, bound: Bound): boolean =>
  bound._tag === 'Position' ? place.position < bound.position : place.at < bound.at
export const isAfter = (place: Place, bound: Bound): boolean =>
  bound._tag === 'Position' ? place.position > bound.position : place.at > bound.at
export const isWithin = ({ from, to }: Range, place: Place): boolean =>
  !(from !== undefined && isBefore(place, from)) && !(to !== undefined && isAfter(place, to))

export const boundText = (bound: Bound): string =>
  bound._tag === 'Position' ? `log position ${bound.position.toString()}` : formatInstant(bound.at)
