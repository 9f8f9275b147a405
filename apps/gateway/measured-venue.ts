/** The venue with a watch beside it: how long its answers take, and what they are. */
import * as E from 'fp-ts/lib/Either.js'
import { Histogram, type Registry } from 'prom-client'
import type { Clock } from '#domain/kernel/clock'
import type { PlaceFailure, Venue, VenueSilent } from '#domain/kernel/venue'

type Failure = PlaceFailure | VenueSilent
const outcomes: Readonly<Record<Failure['_tag'], string>> = {
  VenueRefused: 'refused',
  VenueThrottled: 'throttled',
  NotSent: 'notSent',
  VenueSilent: 'silent',
}
const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export const measuredVenue = (
  venue: Venue,
  metrics: Registry,
  clock: Pick<Clock, 'monotonicMs'>,
): Venue => {
  const seconds = new Histogram({
    name: 'daybook_venue_request_seconds',
    help: 'Time from a request to the venue to its outcome: done, refused, throttled, notSent or silent.',
    labelNames: ['venue', 'request', 'outcome'],
    buckets: bucketsSeconds,
    registers: [metrics],
  })
  const measured =
    <Asked extends readonly unknown[], A>(
      request: string,
      ask: (...asked: Asked) => Promise<E.Either<Failure, A>>,
    ) =>
    async (...asked: Asked) => {
      const begun = clock.monotonicMs()
      const answer = await ask(...asked)
      const outcome = E.isRight(answer) ? 'done' : outcomes[answer.left._tag]
      seconds.observe({ venue: venue.id, request, outcome }, (clock.monotonicMs() - begun) / 1000)
      return answer
    }
  return {
    ...venue,
    place: measured('place', venue.place) as Venue['place'],
    cancel: measured('cancel', venue.cancel) as Venue['cancel'],
    amend: measured('amend', venue.amend) as Venue['amend'],
    order: measured('order', venue.order) as Venue['order'],
    openOrders: measured('openOrders', venue.openOrders) as Venue['openOrders'],
    closedOrders: measured('closedOrders', venue.closedOrders) as Venue['closedOrders'],
    trades: measured('trades', venue.trades) as Venue['trades'],
    fundings: measured('fundings', venue.fundings) as Venue['fundings'],
    instruments: measured('instruments', venue.instruments) as Venue['instruments'],
  }
}
