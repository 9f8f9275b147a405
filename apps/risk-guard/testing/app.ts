/** An app without a process, for tests of what a guard does from its start to its end. */
import { Registry } from 'prom-client'
import pino from 'pino'
import type { App, AppState } from '#apps/process/app'
import { enveloper } from '#domain/kernel/envelop'
import type { Clock } from '#domain/kernel/clock'
import { countingIds } from '#domain/testing/fixed'

export interface TestApp extends App {
  /** The states that it was in, each with its detail. */
  readonly said: readonly string[]
  /** The messages that it logged. */
  readonly logged: readonly string[]
  readonly stop: () => Promise<void>
}

/** Each app of a test begins its ids elsewhere. */
export const testApp = (clock: Clock, firstId: number): TestApp => {
  const stopping = new AbortController()
  const closers: (() => Promise<void>)[] = []
  const [said, logged]: [string[], string[]] = [[], []]
  const row = { app: 'risk-guard', instance: 'test', pid: 1 } as const
  let now: ReturnType<App['current']> = { ...row, state: 'starting' }
  const write = (line: string): void => {
    logged.push((JSON.parse(line) as { readonly msg: string }).msg)
  }
  const report = (state: AppState, logPosition = now.logPosition, detail?: string): void => {
    now = {
      ...row,
      state,
      ...(logPosition === undefined ? {} : { logPosition }),
      ...(detail === undefined ? {} : { detail }),
    }
    const words = detail === undefined ? state : `${state}: ${detail}`
    if (said.at(-1) !== words) said.push(words)
  }
  const ids = countingIds(firstId)
  return {
    name: 'risk-guard',
    instance: 'test',
    logger: pino({}, { write }),
    clock,
    ids,
    envelop: enveloper('risk-guard', ids, clock),
    metrics: new Registry(),
    stopping: stopping.signal,
    onStop: (close) => closers.push(close),
    report,
    current: () => now,
    said,
    logged,
    stop: async () => {
      stopping.abort()
      for (const close of closers.toReversed()) await close()
    },
  }
}
