/** How the app stands: as its source says, and whether what it tells is stored too. */
import type { App, AppState } from '#apps/process/app'
import { pause } from '#apps/process/back-off'
import type { StoringStats } from './storing.ts'

/** So long nothing may move while ticks wait, before it is said. */
const stuckMs = 5_000
const lookEveryMs = 1_000

/** What is wrong with the storing of ticks, in words; undefined while it goes on. To be asked again and again. */
export const storingTrouble = (
  stats: () => StoringStats,
  nowMs: () => number,
): (() => string | undefined) => {
  let moved = { done: 0, atMs: nowMs() }
  return () => {
    const { stored, known, waiting } = stats()
    const done = stored + known
    if (waiting === 0 || done !== moved.done) moved = { done, atMs: nowMs() }
    return nowMs() - moved.atMs < stuckMs
      ? undefined
      : 'ticks are told and not stored: the database does not take them'
  }
}

interface Said {
  readonly state: AppState
  readonly detail: string | undefined
}

/** The app, whose reports say what else is wrong beside what the source says; `watch` stays until it stops. */
export const standingOf = (
  app: App,
  trouble: () => string | undefined,
): { readonly app: App; readonly watch: () => Promise<void> } => {
  let said: Said = { state: app.current().state, detail: undefined }
  const tell = (): void => {
    const both = [said.detail, trouble()].filter((text) => text !== undefined)
    app.report(said.state, undefined, both.length === 0 ? undefined : both.join('; '))
  }
  return {
    app: {
      ...app,
      report: (state, _, detail) => {
        said = { state, detail }
        tell()
      },
    },
    watch: async () => {
      while (!app.stopping.aborted) {
        await pause(lookEveryMs, app.stopping)
        tell()
      }
    },
  }
}
