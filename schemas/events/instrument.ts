/** What a venue lets be traded, and on which terms. Stream: instrument-<venue>.<symbol>. */
import { type EventOf, fact } from '#schemas/events/fact'
import { MarketSymbol, VenueId } from '#schemas/values/ids'
import { InstrumentRules, InstrumentTerms } from '#schemas/values/trading'

const listing = {
  venue: VenueId,
  symbol: MarketSymbol,
  terms: InstrumentTerms,
  rules: InstrumentRules,
}
export const InstrumentListed = fact('InstrumentListed', listing)
/** The whole of it as it is from now on. */
export const InstrumentChanged = fact('InstrumentChanged', listing)

export const instrumentFacts = [InstrumentListed, InstrumentChanged] as const
export type InstrumentEvent = EventOf<(typeof instrumentFacts)[number]>
export type InstrumentListed = EventOf<typeof InstrumentListed>
export type InstrumentChanged = EventOf<typeof InstrumentChanged>
