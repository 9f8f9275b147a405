/** Keeps the log's instruments as the venue has them. Nothing else lists or changes an instrument. */
import * as E from 'fp-ts/lib/Either.js'
import type { VenueInstrument } from '#domain/kernel/venue'
import type { InstrumentEvent } from '#schemas/events/instrument'
import { instrumentStream } from '#schemas/streams'
import type { Appending } from './appending.ts'
import type { GatewayPorts } from './ports.ts'
import type { View } from './view.ts'

/** False: the venue did not answer. */
export const listInstruments = async (
  ports: Pick<GatewayPorts, 'venue' | 'envelop' | 'ids' | 'logger'>,
  view: View,
  appending: Appending,
): Promise<boolean> => {
  const offered = await ports.venue.instruments()
  if (E.isLeft(offered)) {
    ports.logger.warn(offered.left, 'the venue did not say what it trades')
    return false
  }
  for (const instrument of offered.right) await list(ports, view, appending, instrument)
  return true
}

const list = async (
  { envelop, ids, venue }: Pick<GatewayPorts, 'venue' | 'envelop' | 'ids'>,
  view: View,
  { append, read }: Appending,
  { symbol, terms, rules }: VenueInstrument,
): Promise<void> => {
  const stream = instrumentStream(venue.id, symbol)
  const correlationId = ids.correlationId()
  for (;;) {
    const known = view.instruments.get(symbol)
    if (known !== undefined && sameInstrument(known, { symbol, terms, rules })) return
    const type = known === undefined ? 'InstrumentListed' : 'InstrumentChanged'
    const event: InstrumentEvent = { type, venue: venue.id, symbol, terms, rules }
    const proposed = envelop(event, { correlationId })
    const appended = await append(stream, known?.revision ?? -1n, [proposed])
    if (E.isRight(appended)) {
      view.listed({ symbol, terms, rules, revision: appended.right.revision })
      return
    }
    for (const recorded of await read(stream, known?.revision ?? -1n)) view.apply(recorded)
  }
}

export const sameInstrument = (a: VenueInstrument, b: VenueInstrument): boolean =>
  a.symbol === b.symbol &&
  a.terms.kind === b.terms.kind &&
  a.terms.base === b.terms.base &&
  a.terms.quote === b.terms.quote &&
  a.terms.settle === b.terms.settle &&
  a.terms.contractSize === b.terms.contractSize &&
  a.rules.tickSize === b.rules.tickSize &&
  a.rules.lotSize === b.rules.lotSize &&
  a.rules.quantityMin === b.rules.quantityMin &&
  a.rules.quantityMax === b.rules.quantityMax &&
  a.rules.notionalMin === b.rules.notionalMin &&
  a.rules.orderTypes.length === b.rules.orderTypes.length &&
  a.rules.orderTypes.every((type) => b.rules.orderTypes.includes(type))
