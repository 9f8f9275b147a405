/** Records what a venue paid or took on positions in contracts: each payment once, shared out by strategy. */
import * as E from 'fp-ts/lib/Either.js'
import { explains, type FundedHolding, divideFunding } from '#domain/books/divide-funding'
import type { VenueFunding } from '#domain/kernel/venue'
import type { FundingPaid } from '#schemas/events/account'
import { accountStream } from '#schemas/streams'
import type { BookId } from '#schemas/values/ids'
import { type Appending, Closing } from './appending.ts'
import type { GatewayPorts } from './ports.ts'
import type { VenueAccount } from './venue-account.ts'
import type { View } from './view.ts'

/** So long the fills that explain a payment may be on their way into the log by themselves. */
const fillsWithinMs = 1_000
const lookAgainMs = 50

export interface FundingsParts {
  readonly ports: Pick<GatewayPorts, 'envelop' | 'ids' | 'clock' | 'timers' | 'logger'>
  readonly view: View
  readonly appending: Appending
  readonly closing: () => boolean
  /** Ask the venue for everything that the log lacks. */
  readonly askForAll: () => void
}

export class Fundings {
  readonly #parts: FundingsParts
  /** One writer at a time for each account. */
  readonly #tails = new Map<VenueAccount, Promise<void>>()

  constructor(parts: FundingsParts) {
    this.#parts = parts
  }

  /** Told unasked: what it was paid on may not be in the log yet, and is asked for then. */
  async hear(funding: VenueFunding): Promise<void> {
    const { view, ports, askForAll } = this.#parts
    const at = view.accounts.get(funding.account)
    if (at?.book === undefined) {
      ports.logger.warn(funding, 'the venue pays an account that is not in the log')
      return
    }
    const untilMs = ports.clock.monotonicMs() + fillsWithinMs
    const isOver = () => at.hasFunding(funding) || ports.clock.monotonicMs() >= untilMs
    await this.#until(() => isOver() || this.#explaining(funding) !== undefined)
    const holdings = this.#explaining(funding)
    if (holdings !== undefined) return this.#record(at, at.book, funding, holdings)
    if (at.hasFunding(funding)) return
    at.lacksPayment = true
    askForAll()
  }

  /** Found by asking, before all trades were asked for and recorded. Answers once all of it is on the log. */
  async bring(at: VenueAccount, fundings: readonly VenueFunding[]): Promise<void> {
    const { book } = at
    const missing = fundings.filter((funding) => !at.hasFunding(funding))
    if (book === undefined || missing.length === 0) return
    const { view, appending, ports } = this.#parts
    const recordedTo = appending.knownTo()
    await this.#until(() => view.foldedTo >= recordedTo)
    for (const funding of missing) {
      const holdings = this.#explaining(funding)
      if (holdings === undefined)
        ports.logger.warn(funding, 'the log does not explain the position that was paid on')
      await this.#record(at, book, funding, holdings ?? this.#heldAt(funding, true))
    }
  }

  /** At the same instant the venue may have traded before it paid, or after. */
  #explaining(funding: VenueFunding): readonly FundedHolding[] | undefined {
    return [false, true]
      .map((including) => this.#heldAt(funding, including))
      .find((holdings) => explains(holdings, funding.quantity))
  }
  #heldAt(
    { account, symbol, venueAt }: VenueFunding,
    including: boolean,
  ): readonly FundedHolding[] {
    return this.#parts.view.contracts.heldAt(account, symbol, venueAt, including)
  }

  async #until(isSo: () => boolean): Promise<void> {
    const { timers } = this.#parts.ports
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        timers.after(lookAgainMs, resolve)
      })
      if (this.#parts.closing()) throw new Closing('a payment is left to the successor')
    }
  }

  async #record(
    at: VenueAccount,
    book: BookId,
    funding: VenueFunding,
    holdings: readonly FundedHolding[],
  ): Promise<void> {
    const event: FundingPaid = {
      type: 'FundingPaid',
      book,
      venue: this.#parts.view.venue,
      ...funding,
      shares: divideFunding(funding.amount, funding.quantity, holdings),
    }
    const before = this.#tails.get(at) ?? Promise.resolve()
    const writing = before.catch(() => undefined).then(() => this.#append(at, event))
    this.#tails.set(at, writing)
    await writing
  }

  async #append(at: VenueAccount, event: FundingPaid): Promise<void> {
    const { ports, appending } = this.#parts
    const stream = accountStream(at.account)
    const proposed = ports.envelop(event, { correlationId: ports.ids.correlationId() })
    while (!at.hasFunding(event)) {
      const appended = await appending.append(stream, at.accountRevision, [proposed])
      if (E.isRight(appended)) {
        at.absorbOfAccount(event, appended.right.revision)
        return
      }
      // People put money in and take it out on the same stream.
      for (const recorded of await appending.read(stream, at.accountRevision))
        at.absorbOfAccount(recorded.event, recorded.revision)
    }
  }
}
