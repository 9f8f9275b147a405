/** The gateway, joined: it follows the log, hears the venue, and lets nothing out before both agree. */
import type { LogPage } from '#domain/kernel/event-log'
import type { VenueReport } from '#domain/kernel/venue'
import { appendingTo, Closing } from './appending.ts'
import { Fundings } from './fundings.ts'
import { Journal } from './journal.ts'
import { listInstruments } from './listing.ts'
import { Orders } from './orders.ts'
import type { GatewayPorts } from './ports.ts'
import { Reconciliation } from './reconciliation.ts'
import type { Word } from './tasks.ts'
import { accountOfWord } from './translate.ts'
import { VenueWatch } from './venue-watch.ts'
import { View } from './view.ts'

/** How long a stopping gateway waits for the answers to what it has sent. */
const answersWithinMs = 4000

export interface GatewayStanding {
  readonly state: 'replaying' | 'waiting' | 'ready'
  readonly detail?: string
}

export class Gateway {
  readonly #ports: GatewayPorts
  readonly #view: View
  readonly #orders: Orders
  readonly #journal: Journal
  readonly #fundings: Fundings
  readonly #watch: VenueWatch
  #caughtUp = false
  #closing = false
  #closed = false
  #stopHearing: (() => void) | undefined

  constructor(ports: GatewayPorts) {
    this.#ports = ports
    this.#view = new View(ports.venue.id, () => ports.clock.monotonicMs())
    const appending = appendingTo(ports, () => this.#closed)
    this.#journal = new Journal(ports, appending)
    const gate = {
      caughtUp: () => this.#caughtUp,
      connected: () => this.#watch.connected(),
      mayPlace: (account: Parameters<VenueWatch['mayPlace']>[0]) => this.#watch.mayPlace(account),
      closing: () => this.#closing,
      sweepWithin: (milliseconds: number) => this.#watch.sweepWithin(milliseconds),
    }
    this.#orders = new Orders(ports, this.#view, gate, appending, (word) => this.#foreign(word))
    this.#fundings = new Fundings({
      ports,
      view: this.#view,
      appending,
      closing: () => this.#closing,
      askForAll: () => this.#watch.completeSoon(),
    })
    this.#watch = new VenueWatch({
      ports,
      view: this.#view,
      journal: this.#journal,
      reconciliation: new Reconciliation({
        ports,
        view: this.#view,
        orders: this.#orders,
        journal: this.#journal,
        fundings: this.#fundings,
      }),
      listInstruments: () => listInstruments(ports, this.#view, appending),
      settled: () => this.#orders.attendAll(),
      closing: () => this.#closing,
    })
  }

  standing(): GatewayStanding {
    if (!this.#caughtUp) return { state: 'replaying' }
    const detail = this.#watch.awaited()
    return detail === undefined ? { state: 'ready' } : { state: 'waiting', detail }
  }

  /** How many orders are in memory: those that have not ended, and those that are being told something. */
  ordersInMemory(): number {
    return this.#view.entries.size
  }

  /** Folds one stretch of the log; what follows from it goes on by itself. */
  onPage(page: LogPage): void {
    const accountsBefore = this.#view.accounts.size
    for (const recorded of page.events) {
      for (const orderId of this.#view.apply(recorded)) this.#heardOf(orderId)
    }
    this.#view.foldedTo = page.upTo
    if (page.atHead && !this.#caughtUp) this.#begin()
    if (this.#caughtUp && this.#view.accounts.size > accountsBefore) this.#watch.kick()
  }

  /** Begins nothing more, and waits a while for the answers to what was begun. */
  async close(): Promise<void> {
    this.#closing = true
    this.#watch.stop()
    const late = new Promise<void>((resolve) => {
      this.#ports.timers.after(answersWithinMs, resolve)
    })
    await Promise.race([this.#orders.idle(), late])
    this.#closed = true
    this.#stopHearing?.()
  }

  #heardOf(orderId: Parameters<Orders['attend']>[0]): void {
    if (this.#caughtUp) {
      this.#orders.attend(orderId)
      return
    }
    const entry = this.#view.entries.get(orderId)
    if (entry !== undefined) this.#orders.rest(entry)
  }
  #begin(): void {
    this.#caughtUp = true
    this.#ports.changed()
    this.#stopHearing = this.#ports.venue.listen((report) => this.#hear(report))
    this.#orders.attendAll()
  }

  #hear(report: VenueReport): void {
    switch (report.type) {
      case 'connected':
        this.#watch.opened()
        this.#orders.attendAll()
        this.#ports.changed()
        return
      case 'disconnected':
        this.#watch.lost(report.detail)
        return
      case 'order':
        this.#recorded(this.#orders.hear([{ ...report, via: 'report' }]))
        return
      case 'trade':
        this.#recorded(this.#orders.hear([{ ...report, via: 'report' }]))
        return
      case 'funding':
        this.#recorded(this.#fundings.hear(report.funding))
        return
    }
  }
  #recorded(recording: Promise<unknown>): void {
    recording.catch((thrown: unknown) => {
      if (!(thrown instanceof Closing)) this.#ports.defect(thrown)
    })
  }

  /** Nothing of ours explains it. It counts at once where it is a trade, and is a break in any case. */
  async #foreign(word: Word): Promise<void> {
    const account = accountOfWord(word)
    const at = this.#view.accounts.get(account)
    if (at === undefined) {
      this.#ports.logger.warn({ account }, 'the venue speaks of an account that is not in the log')
      return
    }
    if (word.type === 'order') return this.#journal.foreignOrder(at, word.order)
    const { trade } = word
    const instrument = this.#view.instruments.get(trade.symbol)?.terms
    return this.#journal.foreignTrade(at, trade, instrument)
  }
}
