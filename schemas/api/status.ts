/** How the ledger is doing, as it is shown. */
import * as t from 'io-ts'
import { Nullable } from '#schemas/api/page'

/** What a process says of itself, to whoever starts and watches it. */
export const HealthReply = t.strict(
  { app: t.string, state: t.string, detail: Nullable, logPosition: Nullable },
  'HealthReply',
)

/** `down`: it has not been heard of for 3 seconds, or never. Lags are null for what follows no log. */
export const AppStatus = t.strict(
  {
    name: t.string,
    instance: Nullable,
    state: t.keyof({
      starting: null,
      replaying: null,
      ready: null,
      waiting: null,
      stopping: null,
      down: null,
    }),
    detail: Nullable,
    pid: t.union([t.number, t.null]),
    /** When it was last heard of. */
    at: Nullable,
    logPosition: Nullable,
    lagSeconds: t.union([t.number, t.null]),
    lagEvents: Nullable,
  },
  'AppStatus',
)
export type AppStatus = Readonly<t.TypeOf<typeof AppStatus>>

export const StatusReply = t.strict(
  {
    state: t.keyof({ ready: null, degraded: null }),
    version: t.string,
    /** Null while the log does not answer. */
    head: Nullable,
    apps: t.readonlyArray(AppStatus),
    at: t.string,
  },
  'StatusReply',
)
export type StatusReply = Readonly<t.TypeOf<typeof StatusReply>>
