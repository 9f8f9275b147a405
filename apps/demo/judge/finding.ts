/** What the judge comes to: one promise, whether the log keeps it, and what breaks it, by name. */

export interface Finding {
  readonly invariant: string
  readonly says: string
  readonly verdict: 'holds' | 'pending' | 'broken'
  /** How many things were looked at; a proof of nothing proves nothing. */
  readonly examined: number
  /** The first few offences, by name. */
  readonly offences: readonly string[]
}

const offencesShown = 5
export const finding = (
  invariant: string,
  says: string,
  examined: number,
  offences: readonly string[],
  pending: readonly string[] = [],
): Finding => ({
  invariant,
  says,
  verdict: offences.length > 0 ? 'broken' : pending.length > 0 ? 'pending' : 'holds',
  examined,
  offences: [...offences, ...pending].slice(0, offencesShown),
})
