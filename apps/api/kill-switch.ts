/** POST /v1/risk/kill-switch: stops a book, or a part of it, at once. Anybody with a key may. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, type Request, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Answer, Caller, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { pause } from '#apps/process/back-off'
import type { Envelop } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { Hash, Ids } from '#domain/kernel/ids'
import { KillSwitchReply, KillSwitchRequest } from '#schemas/api/risk'
import type { KillSwitchEngaged } from '#schemas/events/risk'
import { fieldFault } from '#schemas/request'
import { riskStream } from '#schemas/streams'
import type { IdempotencyKey, KillSwitchId, Sha256 } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import type { Scope } from '#schemas/values/trading'
import { type AppendSurely, asRecorded } from './appending.ts'
import type { Directory, EngagedKillSwitch } from './directory.ts'
import { mainBook } from './fresh-ledger.ts'
import { killSwitchIdOf } from './identity.ts'
import type { Progress } from './progress.ts'
import { unknownName } from './terms.ts'

/** So long, with all that it waits for, is looked for an earlier use of the key before a kill switch is written. */
const lookBackMs = 250
/** So long the answer, when it is written, waits to learn whether another one with its key came first. */
const lookAfterMs = 1_000

export interface KillSwitchMeans {
  readonly log: Pick<EventLog, 'head'>
  readonly append: AppendSurely
  readonly directory: Directory
  readonly progress: Progress
  readonly envelop: Envelop
  readonly ids: Pick<Ids, 'eventId'>
  readonly hash: Hash
}

const engaging = {
  method: 'POST',
  path: '/v1/risk/kill-switch',
  summary: 'Stops a book, or a part of it, at once and until it is released.',
  tag: 'risk',
  idempotencyKey: 'optional',
  body: KillSwitchRequest,
  replies: { 201: KillSwitchReply },
  problems: ['unknownBook', 'unknownAccount', 'unknownSymbol', 'notSupported', 'notReady'],
} as const satisfies KeyedDescription

export const engageKillSwitch = (means: KillSwitchMeans): KeyedRoute =>
  keyed(engaging, async (request) => {
    const { caller, key, body } = request
    const event = eventOf(means, caller, key, body.value)
    if (E.isLeft(event)) return event
    if (key === undefined) return engage(means, request, event.right, {})
    const named = { idempotencyKey: key, bodyHash: body.bodyHash }
    const earlier = await earlierUse(means, event.right)
    return earlier === undefined
      ? engage(means, request, event.right, named)
      : replayed(earlier, body.bodyHash)
  })

const eventOf = (
  { directory, ids, hash }: KillSwitchMeans,
  caller: Caller,
  key: IdempotencyKey | undefined,
  asked: KillSwitchRequest,
): E.Either<Fault, KillSwitchEngaged> => {
  const book = asked.book ?? mainBook
  const scope: Scope = asked.scope ?? {}
  const faults = [...faultsOfAction(asked), ...faultsOfNames(directory, asked, scope)]
  if (faults.length > 0) return wrong(faults)
  return E.right({
    type: 'KillSwitchEngaged',
    book,
    killSwitchId:
      key === undefined
        ? (ids.eventId() as string as KillSwitchId)
        : killSwitchIdOf(hash, caller.person, key),
    scope,
    mode: asked.mode ?? 'reduce',
    reason: asked.reason,
  })
}

const faultsOfAction = ({ action, id }: KillSwitchRequest): readonly RequestFault[] => {
  if (action !== 'engage') {
    return [fieldFault(['action'], 'notSupported', `${action} is not supported yet; engage is`)]
  }
  return id === undefined
    ? []
    : [fieldFault(['id'], 'notSupported', 'is not supported yet; engaging makes a new one')]
}

const faultsOfNames = (
  directory: Directory,
  asked: KillSwitchRequest,
  { account, symbol }: Scope,
): readonly RequestFault[] => {
  const book = asked.book ?? mainBook
  const faults: RequestFault[] = []
  if (directory.book(book) === undefined) {
    faults.push(unknownName(['book'], 'unknownBook', book, directory.books()))
  }
  const accounts = directory.accounts().filter((row) => row.book === book)
  if (account !== undefined && !accounts.some(({ id }) => id === account)) {
    const known = accounts.map(({ id }) => id)
    faults.push(unknownName(['scope', 'account'], 'unknownAccount', account, known))
  }
  const symbols = directory.instruments().map((row) => row.symbol)
  if (symbol !== undefined && !symbols.includes(symbol)) {
    faults.push(unknownName(['scope', 'symbol'], 'unknownSymbol', symbol, symbols))
  }
  return faults
}

/**
 * The first kill switch under this id, if this process can see it in time. One that it cannot see is folded
 * once all the same: the second is of the same id.
 */
const earlierUse = async (
  { log, directory, progress }: KillSwitchMeans,
  { book, killSwitchId }: KillSwitchEngaged,
): Promise<EngagedKillSwitch | undefined> => {
  const seen = () => directory.killSwitch(book, killSwitchId)
  if (seen() === undefined) await within(lookBackMs, levelWithLog(log, progress))
  return seen()
}

const levelWithLog = async (log: KillSwitchMeans['log'], progress: Progress): Promise<void> => {
  const head = await log.head()
  if (E.isRight(head)) await progress.reached(head.right, lookBackMs)
}

/** Until it is done, or the time is up, whether or not it has failed. */
const within = async (ms: number, work: Promise<void>): Promise<void> => {
  const stopped = new AbortController()
  const ended = () => {
    stopped.abort()
  }
  work.then(ended, ended)
  await pause(ms, stopped.signal)
}

const engage = async (
  { append, envelop, directory, progress }: KillSwitchMeans,
  { caller, requestId }: Request<typeof engaging>,
  event: KillSwitchEngaged,
  named: { readonly idempotencyKey?: IdempotencyKey; readonly bodyHash?: Sha256 },
): Promise<E.Either<Fault, Answer>> => {
  const [role] = caller.roles.includes('risk') ? ['risk' as const] : caller.roles
  const actor = {
    person: caller.person,
    key: caller.keyId,
    ...(role === undefined ? {} : { role }),
  }
  const proposed = envelop(event, { correlationId: requestId, ...named }, actor)
  const appended = await append(riskStream(event.book), 'streamExists', [proposed])
  if (E.isLeft(appended)) {
    return appended.left._tag === 'RevisionConflict'
      ? E.left({ _tag: 'Contended', conflict: appended.left })
      : E.left(appended.left)
  }
  const ours = { ...asRecorded(proposed, appended.right), event }
  if (named.bodyHash === undefined) return E.right(answer(ours))
  // Two at once with one key: the first on the log is the one that counts, for the guard and for the answer.
  await progress.reached(ours.position, lookAfterMs)
  const first = directory.killSwitch(event.book, event.killSwitchId)
  return first === undefined || first.position === ours.position
    ? E.right(answer(ours))
    : replayed(first, named.bodyHash)
}

const replayed = (first: EngagedKillSwitch, bodyHash: Sha256): E.Either<Fault, Answer> =>
  first.metadata.bodyHash === bodyHash
    ? E.right({ ...answer(first), headers: { 'idempotent-replayed': 'true' } })
    : E.left({ _tag: 'IdempotencyKeyReused' })

const answer = (engaged: EngagedKillSwitch): Answer => ({
  status: 201,
  body: killSwitchView(engaged),
})

export const killSwitchView = ({
  event,
  metadata,
  position,
}: EngagedKillSwitch): KillSwitchReply => ({
  id: event.killSwitchId,
  book: event.book,
  mode: event.mode,
  scope: event.scope,
  reason: event.reason,
  person: metadata.actor.person ?? null,
  engagedAt: formatInstant(metadata.occurredAt),
  logPosition: position.toString(),
})
