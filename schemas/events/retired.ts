/** Shapes that were once written and are written no more, each with the one line that makes today's event of it. */
import type * as t from 'io-ts'
import type { EventType, LedgerEvent } from '#schemas/events/ledger'

/** A former version of a fact, or a fact with a former name. What was stored stays as it is; it is brought up when read. */
export interface Retired {
  readonly type: string
  readonly version: number
  readonly data: t.Mixed
  /** The name that it has today. */
  readonly into: EventType
  /** Total: what was once accepted may not fail now. */
  readonly upcast: (data: unknown) => LedgerEvent
}

export const retire = <Data, Into extends EventType>(
  { type, version }: { readonly type: string; readonly version: number },
  data: t.Type<Data, unknown, unknown>,
  into: Into,
  upcast: (data: Data) => Extract<LedgerEvent, { readonly type: Into }>,
): Retired => ({ type, version, data, into, upcast: (old) => upcast(old as Data) })

export const retired: readonly Retired[] = []

/** Every name under which events of these types may stand in the store. */
export const storedNamesOf = (
  types: readonly EventType[],
  from: readonly Retired[] = retired,
): readonly string[] => [
  ...new Set([
    ...types,
    ...from.filter(({ into }) => types.includes(into)).map(({ type }) => type),
  ]),
]
