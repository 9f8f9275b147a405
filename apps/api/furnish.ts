/** Writes what a fresh ledger begins with, as events: a default in code that changes would change the past. */
import * as E from 'fp-ts/lib/Either.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import { backOffMs, pause } from '#apps/process/back-off'
import { unreachableBecause, whyNot } from '#apps/process/follow'
import type { Envelop } from '#domain/kernel/envelop'
import type { AppendForbidden, EventLog } from '#domain/kernel/event-log'
import type { Ids } from '#domain/kernel/ids'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import { accessStream, accountStream, riskStream, type StreamName } from '#schemas/streams'
import type { IdempotencyKey, KeyId, PersonId, Sha256 } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'
import {
  accountOpened,
  bookOpened,
  fundsDeposited,
  keyIssued,
  mainAccount,
  mainBook,
  owner,
  ownerAdmitted,
} from './fresh-ledger.ts'

/** Whole: with a book, an account and money in it. Bare: a person with a key, and nothing else. */
export type Furniture = 'whole' | 'bare'

export interface FurnishSettings {
  readonly furniture: Furniture
  readonly key: { readonly keyId: KeyId; readonly secretHash: Sha256 }
  /** Asked only when the book is about to be written: these are the limits of the first run. */
  readonly limits: () => Promise<Limits>
}
export interface FurnishMeans {
  readonly log: Pick<EventLog, 'append' | 'read'>
  readonly envelop: Envelop
  readonly ids: Pick<Ids, 'correlationId'>
  readonly stopping: AbortSignal
  /** Told whenever the log is away; it is tried again until the app stops. */
  readonly onWaiting: (detail: string) => void
}
export interface Furnished {
  /** Whether the key of the settings is the one that the first run issued. */
  readonly keyIsOurs: boolean
}

export type FurnishFailure = AppendForbidden | { readonly _tag: 'Stopped' }

/** What one stream begins with. Each event has a name that is the same on every run. */
interface Part {
  readonly stream: StreamName
  readonly events: () => Promise<readonly (readonly [name: string, event: LedgerEvent])[]>
}

/**
 * Done again, or by several at once, it writes nothing twice: each stream is begun whole, expecting that there
 * is none, or not at all. What the first run was to be is in the log, and later settings do not change it.
 */
export const furnish = async (
  settings: FurnishSettings,
  means: FurnishMeans,
): Promise<E.Either<FurnishFailure, Furnished>> => {
  const access = await begin(means, accessPart(settings))
  if (E.isLeft(access)) return access
  const isWhole = access.right.some(
    ({ metadata }) => metadata.idempotencyKey === nameOf('whole', 'person'),
  )
  for (const part of isWhole ? [bookPart(settings), accountPart] : []) {
    const begun = await begin(means, part)
    if (E.isLeft(begun)) return begun
  }
  const { secretHash } = settings.key
  const keyIsOurs = access.right.some(
    ({ event }) => event.type === 'ApiKeyIssued' && event.secretHash === secretHash,
  )
  return E.right({ keyIsOurs })
}

const nameOf = (furniture: Furniture, what: string): string => `firstRun/${furniture}/${what}`

const accessPart = ({ furniture, key }: FurnishSettings): Part => ({
  stream: accessStream(owner),
  events: async () => [
    [nameOf(furniture, 'person'), ownerAdmitted],
    [nameOf(furniture, 'key'), keyIssued(key)],
  ],
})
const bookPart = ({ limits }: FurnishSettings): Part => ({
  stream: riskStream(mainBook),
  events: async () => [[nameOf('whole', 'book'), bookOpened(await limits())]],
})
const accountPart: Part = {
  stream: accountStream(mainAccount),
  events: async () => [
    [nameOf('whole', 'account'), accountOpened],
    [nameOf('whole', 'deposit'), fundsDeposited],
  ],
}

/** The stream as it is afterwards, whoever began it. */
const begin = async (
  means: FurnishMeans,
  part: Part,
): Promise<E.Either<FurnishFailure, readonly RecordedEvent[]>> => {
  const { log, stopping } = means
  for (let attempt = 0; !stopping.aborted; attempt += 1) {
    let why = ''
    const there = await log.read(part.stream, -1n)
    if (E.isLeft(there)) why = whyNot(there.left)
    if (E.isRight(there) && there.right.length > 0) return there
    if (E.isRight(there)) {
      const appended = await log.append(part.stream, 'noStream', await proposed(means, part))
      // Whatever an append without an answer did, the stream tells.
      if (E.isRight(appended) || appended.left._tag === 'RevisionConflict') continue
      if (appended.left._tag === 'AppendForbidden') return E.left(appended.left)
      why = unreachableBecause(appended.left.detail)
    }
    means.onWaiting(why)
    await pause(backOffMs(attempt, 100, 2_000), stopping)
  }
  return E.left({ _tag: 'Stopped' })
}

const proposed = async ({ envelop, ids }: FurnishMeans, part: Part) => {
  const correlationId = ids.correlationId()
  const events = (await part.events()).map(([name, event]) =>
    envelop(
      event,
      { correlationId, idempotencyKey: name as IdempotencyKey },
      { person: 'daybook' as PersonId },
    ),
  )
  if (!isNonEmpty(events)) throw new Error(`${part.stream} would begin with nothing`)
  return events
}
