/** How long to wait before asking again: longer each time, and never two followers at the same moment. */

export interface BackOff {
  readonly leastMs: number
  readonly mostMs: number
}

export const backOffMs = ({ leastMs, mostMs }: BackOff, attempt: number): number =>
  Math.min(mostMs, leastMs * 2 ** Math.min(attempt, 20)) * (0.5 + Math.random() / 2)
