/** How a book stands against its limits of loss: its worth, its day and its highest, with all that came in or went out. */
import type { OpenDay } from '#domain/risk/day'
import type { Doubt } from '#domain/risk/equity'
import type { Stand } from '#domain/risk/loss'
import type { Standing } from '#domain/risk/standing'
import { addAmount, larger, zeroAmount } from '#domain/values/decimal'
import { laterOf } from '#domain/values/instant'
import type { ExternalFlow } from '#schemas/events/risk'
import { Amount } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface Wealth {
  /** Undefined: nobody can say, or what it is said by cannot be relied upon. */
  readonly equity: Amount | undefined
  readonly doubt: Doubt | undefined
  /** What came in or went out and is in no recorded figure yet, as far as its worth can be told. */
  readonly flows: readonly ExternalFlow[]
  /** Of the rest, what cannot. */
  readonly unvalued: readonly Currency[]
}

type Seen = Pick<Standing, 'desk' | 'holdings' | 'equity'>

/** Without a moment no mark is too old: as it was last recorded. */
export const wealthOf = (standing: Seen, clock: Instant | undefined): Wealth => {
  const { equity } = standing
  const { flows, unvalued, isTooMuch } = flowsOf(standing, clock)
  const doubt = equity.doubtAt(clock)
  const worth = doubt === undefined ? equity.worth() : undefined
  const isTold = worth === undefined || (isWritable(worth) && !isTooMuch)
  if (!isTold) return { flows, unvalued, doubt: { _tag: 'TooMuch' }, equity: undefined }
  return { flows, unvalued, doubt, equity: worth }
}
/** Half of what an amount can be: of two of them the difference is an amount too. */
const isWritable = (value: bigint): boolean => Amount.is(2n * value)

/** The day that is open at the time of a decision. */
export const dayAt = ({ desk }: Pick<Seen, 'desk'>, clock: Instant): OpenDay | undefined => {
  const { open } = desk.day()
  return open !== undefined && laterOf(clock, desk.at()) < open.closesAt ? open : undefined
}

/** Undefined: no day is open, or its worth is not known. */
export const standOf = (
  standing: Seen,
  { equity, flows, unvalued }: Wealth,
  clock: Instant,
): Stand | undefined => {
  const open = dayAt(standing, clock)
  if (open === undefined || equity === undefined || unvalued.length > 0) return undefined
  const came = worthOfFlows(flows)
  return {
    equity,
    dayOpenEquity: addAmount(open.openEquity, came),
    highWater: larger(addAmount(standing.desk.day().highWater, came), equity),
  }
}
export const worthOfFlows = (flows: readonly ExternalFlow[]): Amount =>
  flows.reduce((sum, { worth }) => addAmount(sum, worth), zeroAmount)

const flowsOf = (
  { desk, holdings, equity }: Seen,
  clock: Instant | undefined,
): Pick<Wealth, 'flows' | 'unvalued'> & { readonly isTooMuch: boolean } => {
  const { taken, open, highWater, marked } = desk.day()
  const flows: ExternalFlow[] = []
  const unvalued: Currency[] = []
  const tooMuch: Currency[] = []
  for (const [currency, brought] of holdings.money(desk.book).brought) {
    const amount = (brought - (taken.get(currency) ?? 0n)) as Amount
    if (amount === 0n) continue
    const worth = equity.worthOf(currency, amount, clock)
    if (worth === undefined) {
      unvalued.push(currency)
      continue
    }
    const flow: ExternalFlow = { currency, amount, worth }
    const came = worthOfFlows([...flows, flow])
    // What comes in or goes out moves all of these.
    const moved = [open?.openEquity ?? zeroAmount, highWater, marked?.equity ?? zeroAmount]
    const all = [amount, worth, ...moved.map((before) => before + came)]
    if (all.every(isWritable)) flows.push(flow)
    else tooMuch.push(currency)
  }
  const isTooMuch = tooMuch.length > 0
  return { flows, unvalued: isTooMuch ? [...unvalued, ...tooMuch] : unvalued, isTooMuch }
}
