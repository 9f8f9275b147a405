/** Generated events, alone and in their envelopes. */
import fc from 'fast-check'
import { Metadata, type ProposedEvent } from '#schemas/envelope'
import {
  type EventNamed,
  type EventType,
  factOf,
  facts,
  type LedgerEvent,
} from '#schemas/events/ledger'
import { arbitraryOf } from '#schemas/testing/values'

export { arbitraryOf } from '#schemas/testing/values'

/** Parts of an event that the test fixes; the others are generated. */
type Given<Type extends EventType> = {
  readonly [Key in keyof EventNamed<Type>]?: fc.Arbitrary<EventNamed<Type>[Key]>
}

/** The event of one name. */
export const anyEventOf = <Type extends EventType>(
  type: Type,
  given: Given<Type> = {},
): fc.Arbitrary<EventNamed<Type>> => {
  const fact = factOf.get(type)
  if (fact === undefined) throw new Error(`there is no event ${type}`)
  const data = arbitraryOf(fact.data) as fc.Arbitrary<object>
  return fc
    .tuple(data, fc.record(given as Record<string, fc.Arbitrary<unknown>>))
    .map(([generated, fixed]) => ({ type, ...generated, ...fixed }) as unknown as EventNamed<Type>)
}

export const anyEvent: fc.Arbitrary<LedgerEvent> = fc.oneof(
  ...facts.map(({ type }) => anyEventOf(type)),
)

/** Metadata whose type may be of any event. */
export const anyMetadata: fc.Arbitrary<Metadata> = fc
  .tuple(arbitraryOf(Metadata), fc.constantFrom(...facts))
  .map(([metadata, { type, version }]) => ({ ...metadata, type, version }))

/** An envelope that fits its event. */
export const inEnvelope = <Event extends LedgerEvent>(
  event: fc.Arbitrary<Event>,
): fc.Arbitrary<ProposedEvent<Event>> =>
  fc.tuple(anyMetadata, event).map(([metadata, inside]) => ({
    metadata: { ...metadata, type: inside.type, version: factOf.get(inside.type)?.version ?? 1 },
    event: inside,
  }))
export const anyProposed: fc.Arbitrary<ProposedEvent> = inEnvelope(anyEvent)
