/** Measures: closed loops and single durations, three repetitions, the median and the spread. */
import { performance } from 'node:perf_hooks'

/** Lowest, middle and highest of the repetitions. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly value: Spread
}
/** One line of the results: a figure of ours, the limit or peer of the same run, and what was wanted. */
export interface Result {
  readonly target: string
  readonly what: string
  readonly ours: Figure
  readonly limits: readonly Figure[]
  readonly goals: readonly Goal[]
}
export interface Goal {
  readonly says: string
  readonly reached: string
  readonly met: boolean
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    low: sorted[0] ?? Number.NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    high: sorted.at(-1) ?? Number.NaN,
  }
}
/** The smallest value that at least this share of the values does not exceed. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const repetitions = 3

export interface Loop {
  readonly rate: Spread
  readonly p50: Spread
  readonly p99: Spread
}
/** So many callers, each of whom asks again as soon as it has an answer; the first 300 ms are not counted. */
export const closedLoop = async (
  callers: number,
  ask: (caller: number) => Promise<void>,
  seconds = 3,
): Promise<Loop> => {
  const runs: { rate: number; p50: number; p99: number }[] = []
  for (let run = 0; run < repetitions; run += 1) {
    const took: number[] = []
    const counted = performance.now() + 300
    const end = counted + seconds * 1000
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let begun = performance.now(); begun < end; begun = performance.now()) {
          await ask(caller)
          if (begun >= counted) took.push(performance.now() - begun)
        }
      }),
    )
    const elapsed = (performance.now() - counted) / 1000
    runs.push({
      rate: took.length / elapsed,
      p50: percentile(took, 0.5),
      p99: percentile(took, 0.99),
    })
  }
  return {
    rate: spreadOf(runs.map(({ rate }) => rate)),
    p50: spreadOf(runs.map(({ p50 }) => p50)),
    p99: spreadOf(runs.map(({ p99 }) => p99)),
  }
}

export const figure = (what: string, unit: string, value: Spread): Figure => ({ what, unit, value })

/** Where more is better: at least this factor of a limit. */
export const atLeast = (factor: number, limit: Figure, ours: Figure): Goal => {
  const ratio = ours.value.median / limit.value.median
  return {
    says: `≥ ${String(factor)} × ${limit.what}`,
    reached: `${ratio.toFixed(2)} ×`,
    met: ratio >= factor,
  }
}
/** Where less is better: at most this figure. */
export const atMost = (most: number, ours: Figure): Goal => ({
  says: `${ours.what} ≤ ${String(most)} ${ours.unit}`,
  reached: `${shown(ours.value.median)} ${ours.unit}`,
  met: ours.value.median <= most,
})

export const shown = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  if (value >= 1000) return Math.round(value).toLocaleString('en-US')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
const shownSpread = ({ low, median, high }: Spread): string =>
  `${shown(median)} (${shown(low)}–${shown(high)})`
const shownFigure = ({ what, unit, value }: Figure): string =>
  `${what}: ${shownSpread(value)} ${unit}`

/** A row of bench/RESULTS.md. */
export const row = ({ target, what, ours, limits, goals }: Result): string =>
  [
    '',
    target,
    what,
    shownFigure(ours),
    limits.map(shownFigure).join('<br>') || '–',
    goals.map((goal) => `${goal.says}: ${goal.reached} ${goal.met ? '✓' : '✗'}`).join('<br>'),
    '',
  ]
    .join(' | ')
    .trim()
export const header = [
  '| # | what | ours: median (low–high) | limits and peers in the same run | goals |',
  '|---|---|---|---|---|',
].join('\n')
