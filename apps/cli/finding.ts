/** What `daybook doctor` says of one thing it looked at. */

/** `warning`: it works, and will not for ever. `unknown`: it could not be looked at. */
export type Health = 'ok' | 'warning' | 'wrong' | 'unknown'

export interface Finding {
  readonly check: string
  readonly health: Health
  readonly says: string
  /** What to do about it. */
  readonly todo?: string
}

export const ok = (check: string, says: string): Finding => ({ check, health: 'ok', says })
export const warning = (check: string, says: string, todo: string): Finding => ({
  check,
  health: 'warning',
  says,
  todo,
})
export const wrong = (check: string, says: string, todo: string): Finding => ({
  check,
  health: 'wrong',
  says,
  todo,
})
export const unknown = (check: string, says: string): Finding => ({
  check,
  health: 'unknown',
  says,
})
