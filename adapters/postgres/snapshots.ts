/** The snapshot of an app in ops.snapshots: one, its own, and not needed for anything but a quick start. */
import * as E from 'fp-ts/lib/Either.js'
import { type Address, openSession, type Statement } from './connection.ts'
import { databaseFailure } from './failure.ts'

/** The last event that is in a snapshot, by name and by place. */
export interface SnapshotMark {
  readonly stream: string
  readonly revision: bigint
  readonly eventId: string
  readonly position: bigint
}
export interface StoredSnapshot {
  readonly foldVersion: number
  /** How the body was written. */
  readonly codec: string
  /** Events after it are not in. */
  readonly position: bigint
  readonly mark: SnapshotMark
  readonly digest: string
  /** A fold of the whole log up to its mark came to the same. */
  readonly verified: boolean
  readonly body: Uint8Array
}
interface Unreachable {
  readonly _tag: 'StoreUnreachable'
  readonly detail: string
}
type Answer<A> = Promise<E.Either<Unreachable, A>>

export interface SnapshotStore {
  readonly newest: () => Answer<StoredSnapshot | undefined>
  /** In the place of an older one. */
  readonly keep: (snapshot: StoredSnapshot) => Answer<void>
  /** The one with this digest, if it is still there. */
  readonly verified: (digest: string) => Answer<void>
  /** Whatever is there. */
  readonly drop: () => Answer<void>
  readonly close: () => Promise<void>
}

const msMax = 3_000
/** A guard with very many open orders has much to write, and nobody waits for it. */
const keepMsMax = 20_000

/** Two guards of one ledger keep one snapshot: the last that was written. */
const keep = `
  insert into ops.snapshots as s (fold_version, codec, log_position, stream, revision, event_id,
    event_position, digest, verified, body)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (role) do update set fold_version = excluded.fold_version, codec = excluded.codec,
    log_position = excluded.log_position, stream = excluded.stream, revision = excluded.revision,
    event_id = excluded.event_id, event_position = excluded.event_position,
    digest = excluded.digest, verified = excluded.verified, body = excluded.body, at = now()`
const newest = `
  select fold_version, codec, log_position, stream, revision, event_id::text, event_position, digest,
    verified, body
  from ops.snapshots where role = current_user`

type Row = readonly [
  number,
  string,
  bigint,
  string,
  bigint,
  string,
  bigint,
  string,
  boolean,
  Uint8Array,
]
const snapshotFrom = (row: Row): StoredSnapshot => {
  const [foldVersion, codec, position, stream, revision, eventId, at, digest, verified, body] = row
  const mark = { stream, revision, eventId, position: at }
  return { foldVersion, codec, position, mark, digest, verified, body }
}

export const openSnapshots = (address: Address): SnapshotStore => {
  const session = openSession(address)
  const ask = async (statement: Statement, within = msMax): Answer<readonly unknown[][]> => {
    try {
      return E.right(await session.query(statement, within))
    } catch (e) {
      return E.left({ _tag: 'StoreUnreachable', detail: databaseFailure(e).detail })
    }
  }
  const tell = async (statement: Statement, within?: number): Answer<void> =>
    E.map(() => undefined)(await ask(statement, within))
  return {
    newest: async () => {
      const rows = await ask({ name: 'snapshot-newest', text: newest, values: [] }, keepMsMax)
      return E.map(([row]: readonly unknown[][]) =>
        row === undefined ? undefined : snapshotFrom(row as unknown as Row),
      )(rows)
    },
    keep: ({ foldVersion, codec, position, mark, digest, verified, body }) => {
      const { stream, revision, eventId, position: at } = mark
      const known = [foldVersion, codec, position, stream, revision, eventId, at, digest, verified]
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      return tell({ name: 'snapshot-keep', text: keep, values: [...known, bytes] }, keepMsMax)
    },
    verified: (digest) =>
      tell({
        name: 'snapshot-verified',
        text: 'update ops.snapshots set verified = true where role = current_user and digest = $1',
        values: [digest],
      }),
    drop: () =>
      tell({
        name: 'snapshot-drop',
        text: 'delete from ops.snapshots where role = current_user',
        values: [],
      }),
    close: session.close,
  }
}
