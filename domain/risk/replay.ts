/**
 * A log read in order, so that both folds of one book stand at each decision where they stood when it was taken.
 * A guard had perhaps not folded all that stands before its decision, so holdings wait here until a decision's
 * basis, or another writer's event on the stream, says that they were in.
 */
import { type HoldingsFold, isHolding } from '#domain/risk/holdings'
import { isRiskEvent, type StandingFold } from '#domain/risk/standing'
import type { RecordedEvent } from '#schemas/envelope'
import type { RiskEvent } from '#schemas/events/risk'
import { riskStream } from '#schemas/streams'
import type { BookId, KillSwitchId } from '#schemas/values/ids'

/** What the guard decided, derived from both folds: it says by which rules, and upon what. */
export type Derivable = Extract<RiskEvent, { readonly rules: unknown }>
export const isDerivable = (event: RiskEvent): event is Derivable => 'rules' in event

export interface Replay {
  /** The next event of the log, of any stream. `look` sees each decision of this book before it is folded. */
  readonly apply: <Seen>(
    recorded: RecordedEvent,
    look: (event: Derivable) => Seen,
  ) => Seen | undefined
}
/** `standings`, over these holdings, are all that goes along; whoever looks has the same ones. */
export const replayOf = (
  book: BookId,
  holdings: HoldingsFold,
  standings: readonly Pick<StandingFold, 'apply' | 'look'>[],
): Replay => {
  const unread: RecordedEvent[] = []
  /** Of the breach that was last: the guard's own, which says nothing of what it had folded. */
  let broken: KillSwitchId | undefined
  const readUpTo = (count: number): void => {
    const missing = Math.min(count - holdings.basis().count, unread.length)
    for (const recorded of unread.splice(0, Math.max(0, missing))) {
      const change = holdings.apply(recorded)
      for (const standing of standings) standing.look(change)
    }
  }
  return {
    apply: (recorded, look) => {
      const { event, stream } = recorded
      if (isHolding(stream)) unread.push(recorded)
      if (stream !== riskStream(book) || !isRiskEvent(event)) return undefined
      const derivable = isDerivable(event) ? event : undefined
      if (derivable !== undefined) readUpTo(derivable.basis.count)
      else if (!isGuards(event, broken)) readUpTo(holdings.basis().count + unread.length)
      broken =
        derivable !== undefined && 'killSwitchId' in derivable ? derivable.killSwitchId : undefined
      const seen = derivable === undefined ? undefined : look(derivable)
      for (const standing of standings) standing.apply({ ...recorded, event })
      return seen
    },
  }
}

const isGuards = (event: RiskEvent, broken: KillSwitchId | undefined): boolean =>
  event.type === 'MarksTaken' ||
  (event.type === 'KillSwitchEngaged' && event.killSwitchId === broken)
