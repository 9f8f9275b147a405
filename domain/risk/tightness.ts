/** Which checks of a decision to look at first. */
import { figureOf } from '#domain/risk/checks/described'

/** A check as it is explained; nothing where there is no figure. */
export interface Ranked {
  readonly outcome: string | null | undefined
  readonly stopped: boolean
  readonly headroom: string | null | undefined
  readonly limit: string | null | undefined
}

/**
 * What matters most first: what stopped the order, what else failed, what could not be looked at, and then by
 * the share of its limit that is left. What is not measured against anything comes last, as it was recorded.
 */
export const byTightness = <Check extends Ranked>(checks: readonly Check[]): readonly Check[] =>
  checks.toSorted((a, b) => rankOf(a) - rankOf(b) || tighter(a, b))

const rankOf = ({ outcome, stopped, headroom, limit }: Ranked): number => {
  if (stopped) return outcome === 'failed' ? 0 : 1
  if (outcome === 'failed') return 2
  if (outcome === 'notEvaluated') return 3
  return shareOf(headroom, limit) === undefined ? 5 : 4
}
const tighter = (a: Ranked, b: Ranked): number => {
  const [x, y] = [shareOf(a.headroom, a.limit), shareOf(b.headroom, b.limit)]
  if (x === undefined || y === undefined) return 0
  // x.left ÷ x.of against y.left ÷ y.of, without dividing.
  const [left, right] = [x.left * y.of, y.left * x.of]
  return left < right ? -1 : left > right ? 1 : 0
}
const shareOf = (
  headroom: string | null | undefined,
  limit: string | null | undefined,
): { readonly left: bigint; readonly of: bigint } | undefined => {
  const [left, of] = [figureOf(headroom ?? ''), figureOf(limit ?? '')]
  if (left === undefined || of === undefined) return undefined
  // Of a limit of nothing nothing is left.
  return of > 0n ? { left, of } : { left: 0n, of: 1n }
}
