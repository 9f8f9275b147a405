/** Every event that this ledger writes, by name. */
import { type AccessEvent, accessFacts } from '#schemas/events/access'
import { type AccountEvent, accountFacts } from '#schemas/events/account'
import { type ControlEvent, controlFacts } from '#schemas/events/control'
import type { Fact } from '#schemas/events/fact'
import { type InstrumentEvent, instrumentFacts } from '#schemas/events/instrument'
import { type OrderEvent, orderFacts } from '#schemas/events/order'
import { type RiskEvent, riskFacts } from '#schemas/events/risk'
import { type VenueEvent, venueFacts } from '#schemas/events/venue'

export type LedgerEvent =
  | OrderEvent
  | RiskEvent
  | ControlEvent
  | AccountEvent
  | InstrumentEvent
  | VenueEvent
  | AccessEvent
export type EventType = LedgerEvent['type']
/** The event of one name, or of several. */
export type EventNamed<Type extends EventType> = Extract<LedgerEvent, { readonly type: Type }>

export const facts: readonly Fact<EventType>[] = [
  ...orderFacts,
  ...riskFacts,
  ...controlFacts,
  ...accountFacts,
  ...instrumentFacts,
  ...venueFacts,
  ...accessFacts,
]
export const factOf: ReadonlyMap<string, Fact<EventType>> = new Map(
  facts.map((fact) => [fact.type, fact]),
)
