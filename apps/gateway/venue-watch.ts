/** The gateway's standing with the venue: connected, instruments listed, accounts reconciled, and swept while it lasts. */
import { isActive, workingQuantity } from '#domain/order/order'
import type { AccountId } from '#schemas/values/ids'
import { provableInMs } from './absence.ts'
import { Closing } from './appending.ts'
import type { Journal } from './journal.ts'
import type { GatewayPorts } from './ports.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { VenueAccount } from './venue-account.ts'
import type { View } from './view.ts'

/** While anything is open the venue is asked so often, however well its socket seems to be. */
const sweepEveryMs = 10_000
/** Where anything happened everything is asked again so often; it bounds how far a successor must look back. */
const completeEveryMs = 300_000
/** Who holds a contract may be paid without being told; an equity that lacks it is wrong until it is asked for. */
const paymentsEveryMs = 30_000
const firstRetryMs = 250
const mostRetryMs = 5000

export interface VenueWatchParts {
  readonly ports: GatewayPorts
  readonly view: View
  readonly journal: Journal
  readonly reconciliation: Reconciliation
  readonly listInstruments: () => Promise<boolean>
  /** Orders of this account may be placed from now on. */
  readonly settled: () => void
  readonly closing: () => boolean
}

export class VenueWatch {
  readonly #parts: VenueWatchParts
  #connected = false
  #listed = false
  /** Counts connections: what was asked during an earlier one says nothing about this one. */
  #epoch = 0
  readonly #told = new Set<AccountId>()
  readonly #settled = new Set<AccountId>()
  #running = false
  #retries = 0
  #sweepAtMs: number | undefined
  #completeAtMs = 0
  #paymentsAtMs = 0
  #forget: (() => void) | undefined

  constructor(parts: VenueWatchParts) {
    this.#parts = parts
  }

  connected(): boolean {
    return this.#connected
  }
  mayPlace(account: AccountId): boolean {
    return this.#connected && this.#listed && this.#settled.has(account)
  }
  /** What is still to be done before every order may be placed; undefined: nothing. */
  awaited(): string | undefined {
    if (!this.#connected) return 'the venue is away'
    if (!this.#listed) return 'listing the instruments'
    const { accounts } = this.#parts.view
    return [...accounts.keys()].every((account) => this.#settled.has(account))
      ? undefined
      : 'reconciling with the venue'
  }

  opened(): void {
    this.#epoch += 1
    this.#connected = true
    this.#unsettle()
    this.#retries = 0
    this.#completeAtMs = this.#nowMs() + completeEveryMs
    this.#paymentsAtMs = this.#nowMs() + paymentsEveryMs
    this.sweepWithin(sweepEveryMs)
    this.kick()
  }
  lost(detail: string): void {
    if (!this.#connected) return
    this.#epoch += 1
    this.#connected = false
    const { journal, view, ports } = this.#parts
    for (const account of this.#told) {
      const at = view.accounts.get(account)
      if (at !== undefined) journal.disconnected(at, detail).catch(defectOf(ports))
    }
    this.#unsettle()
    ports.changed()
  }
  #unsettle(): void {
    this.#listed = false
    this.#told.clear()
    this.#settled.clear()
  }

  sweepWithin(milliseconds: number): void {
    const atMs = this.#nowMs() + milliseconds
    if (this.#sweepAtMs !== undefined && this.#sweepAtMs <= atMs) return
    this.#sweepAtMs = atMs
    this.#arm()
  }
  completeSoon(): void {
    this.#completeAtMs = this.#nowMs()
    this.kick()
  }
  stop(): void {
    this.#forget?.()
  }
  /** Looks at what is to be done, unless somebody is at it. */
  readonly kick = (): void => {
    if (this.#running || !this.#connected || this.#parts.closing()) return
    this.#running = true
    this.#work()
      .then((done) => {
        this.#running = false
        if (done) this.#arm()
        else this.#retry()
      })
      .catch(defectOf(this.#parts.ports))
  }

  /** False: the venue did not answer; try again later. */
  async #work(): Promise<boolean> {
    while (this.#connected && !this.#parts.closing()) {
      const epoch = this.#epoch
      const stillWanted = () => this.#epoch === epoch && this.#connected
      const step = this.#nextStep(stillWanted)
      if (step === undefined) return true
      const done = await step()
      if (!done && stillWanted()) return false
      if (done) this.#retries = 0
    }
    return true
  }
  #nextStep(stillWanted: () => boolean): (() => Promise<boolean>) | undefined {
    if (!this.#listed) return () => this.#list(stillWanted)
    const accounts = [...this.#parts.view.accounts.values()]
    const unsettled = accounts.find(({ account }) => !this.#settled.has(account))
    if (unsettled !== undefined) return () => this.#settle(unsettled, stillWanted)
    const nowMs = this.#nowMs()
    // First, because it is short: the other may take long, or fail again and again.
    if (this.#sweepAtMs !== undefined && nowMs >= this.#sweepAtMs)
      return () => this.#sweep(accounts)
    if (nowMs >= this.#completeAtMs) return () => this.#completeAll(accounts, stillWanted)
    if (nowMs >= this.#paymentsAtMs) return () => this.#askForPayments(accounts)
    return undefined
  }

  async #list(stillWanted: () => boolean): Promise<boolean> {
    if (!(await this.#parts.listInstruments()) || !stillWanted()) return false
    this.#listed = true
    this.#parts.ports.changed()
    return true
  }
  async #settle(at: VenueAccount, stillWanted: () => boolean): Promise<boolean> {
    if (!this.#told.has(at.account)) {
      this.#told.add(at.account)
      await this.#parts.journal.connected(at)
    }
    if (!(await this.#parts.reconciliation.complete(at, stillWanted))) return false
    if (!stillWanted()) return false
    this.#settled.add(at.account)
    this.#parts.ports.changed()
    this.#parts.settled()
    return true
  }
  async #completeAll(
    accounts: readonly VenueAccount[],
    stillWanted: () => boolean,
  ): Promise<boolean> {
    // First, so that whoever asks for it in the meantime gets another.
    this.#completeAtMs = this.#nowMs() + completeEveryMs
    const { reconciliation } = this.#parts
    for (const at of accounts) {
      if (!at.touched && !at.lacksPayment && !at.inDoubt) continue
      if (await reconciliation.complete(at, stillWanted)) continue
      // It may have been asked for nothing of this yet.
      at.touched = true
      this.#completeAtMs = this.#nowMs()
      return false
    }
    return true
  }
  async #askForPayments(accounts: readonly VenueAccount[]): Promise<boolean> {
    const { reconciliation, view } = this.#parts
    for (const at of accounts) {
      // Until nothing more is found the guard approves nothing for it that increases.
      if (at.inDoubt) this.#completeAtMs = this.#nowMs()
      if (!view.contracts.holdsAny(at.account)) continue
      if (!(await reconciliation.findPayments(at))) return false
      // The fills that explain it may be missing too.
      if (at.lacksPayment) this.#completeAtMs = this.#nowMs()
    }
    this.#paymentsAtMs = this.#nowMs() + paymentsEveryMs
    return true
  }
  async #sweep(accounts: readonly VenueAccount[]): Promise<boolean> {
    this.#sweepAtMs = undefined
    const open = this.#accountsWithOrders()
    for (const at of accounts) {
      if (!open.has(at.account)) continue
      if (await this.#parts.reconciliation.sweep(at)) continue
      this.sweepWithin(0)
      return false
    }
    this.sweepWithin(this.#nextSweepInMs())
    return true
  }

  #accountsWithOrders(): ReadonlySet<AccountId> {
    return new Set(
      [...this.#parts.view.entries.values()].flatMap(({ order }) =>
        order._tag !== 'Unrecorded' && (isActive(order) || workingQuantity(order) > 0n)
          ? [order.terms.account]
          : [],
      ),
    )
  }
  /** Sooner than usual where an unknown outcome can be settled sooner. */
  #nextSweepInMs(): number {
    const { view, ports } = this.#parts
    const provable = [...view.entries.values()]
      .filter(({ order }) => order._tag === 'Unknown')
      .map((entry) => provableInMs(entry, ports.venue.capabilities, ports.clock))
      .filter((milliseconds) => milliseconds > 0)
    return Math.min(sweepEveryMs, ...provable)
  }

  #retry(): void {
    const milliseconds = Math.min(mostRetryMs, firstRetryMs * 2 ** this.#retries)
    this.#retries = Math.min(this.#retries + 1, 10)
    this.#parts.ports.timers.after(milliseconds, this.kick)
  }
  #arm(): void {
    this.#forget?.()
    const regular = Math.min(this.#paymentsAtMs, this.#completeAtMs)
    const next = Math.min(this.#sweepAtMs ?? regular, regular)
    this.#forget = this.#parts.ports.timers.after(Math.max(1, next - this.#nowMs()), this.kick)
  }
  #nowMs(): number {
    return this.#parts.ports.clock.monotonicMs()
  }
}

/** What was begun when the gateway stopped is left to its successor. */
const defectOf =
  ({ defect }: GatewayPorts) =>
  (thrown: unknown): void => {
    if (!(thrown instanceof Closing)) defect(thrown)
  }
