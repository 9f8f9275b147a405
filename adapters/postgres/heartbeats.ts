/** What the apps say of themselves, kept in ops.heartbeats under the database's own clock. */
import * as E from 'fp-ts/lib/Either.js'
import type { AppName } from '#schemas/writers'
import { type Address, openSession } from './connection.ts'
import { databaseFailure } from './failure.ts'

export interface Beat<State extends string = string> {
  readonly instance: string
  readonly pid: number
  readonly state: State
  readonly logPosition?: bigint
  readonly detail?: string
}
/** The newest row of each instance, with its age by the database's clock. */
export interface KeptBeat extends Beat {
  readonly app: AppName
  readonly ageMs: number
}
interface Unreachable {
  readonly _tag: 'StoreUnreachable'
  readonly detail: string
}

export interface HeartbeatStore {
  /** Always under the app's own name, whatever it may say of itself. */
  readonly beat: (beat: Beat) => Promise<E.Either<Unreachable, void>>
  /** Of the last minute, newest first. */
  readonly all: () => Promise<E.Either<Unreachable, readonly KeptBeat[]>>
  readonly close: () => Promise<void>
}

const msMax = 2_000

const beats = `select app, instance, pid, state, log_position, detail,
    (extract(epoch from clock_timestamp() - at) * 1000)::integer
  from ops.heartbeats where at > clock_timestamp() - interval '1 minute' order by at desc, app, instance`

type Row = readonly [AppName, string, number, string, bigint | null, string | null, number]

const keptBeat = ([app, instance, pid, state, logPosition, detail, ageMs]: Row): KeptBeat => ({
  app,
  instance,
  pid,
  state,
  ...(logPosition === null ? {} : { logPosition }),
  ...(detail === null ? {} : { detail }),
  // A clock that was stepped back makes nothing younger than now.
  ageMs: Math.max(ageMs, 0),
})

const unreachable = (e: unknown): E.Either<Unreachable, never> =>
  E.left({ _tag: 'StoreUnreachable', detail: databaseFailure(e).detail })

export const openHeartbeats = (address: Address): HeartbeatStore => {
  const session = openSession(address)
  return {
    beat: async ({ instance, pid, state, logPosition, detail }) => {
      try {
        const values = [instance, pid, state, logPosition ?? null, detail ?? null]
        await session.query(
          { name: 'beat', text: 'select ops.beat($1, $2, $3, $4, $5)', values },
          msMax,
        )
        return E.right(undefined)
      } catch (e) {
        return unreachable(e)
      }
    },
    all: async () => {
      try {
        const rows = await session.query({ name: 'beats', text: beats, values: [] }, msMax)
        return E.right((rows as unknown as readonly Row[]).map(keptBeat))
      } catch (e) {
        return unreachable(e)
      }
    },
    close: session.close,
  }
}
