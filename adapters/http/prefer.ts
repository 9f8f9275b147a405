/** `Prefer: wait=<seconds>` (RFC 7240): how long the answer may be held back for something to happen. */

export const waitSecondsMax = 30

/** Whole seconds from 0 to 30; more is cut to 30. Undefined where it is not asked for, or not a number: a preference is never an error. */
export const waitSecondsOf = (prefer: string | undefined): number | undefined => {
  for (const preference of (prefer ?? '').split(',')) {
    const match = /^\s*wait\s*=\s*"?([0-9]{1,6})"?\s*(?:;.*)?$/i.exec(preference)
    if (match !== null) return Math.min(Number(match[1]), waitSecondsMax)
  }
  return undefined
}
