/** POST /v1/risk/kill-switch: stops a book, or a part of it, at once. Anybody with a key may; releasing is asked for. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, type Request, wrong } from '#adapters/http/endpoint'
import type { Fault, RequestFault } from '#adapters/http/faults'
import type { Answer, Caller, KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { pause } from '#apps/process/back-off'
import type { Ids } from '#domain/kernel/ids'
import { ProposalReply } from '#schemas/api/control'
import { KillSwitchReply, KillSwitchRequest } from '#schemas/api/risk'
import type { RecordedEvent } from '#schemas/envelope'
import type { KillSwitchEngaged } from '#schemas/events/risk'
import { fieldFault } from '#schemas/request'
import { riskStream } from '#schemas/streams'
import type { IdempotencyKey, KillSwitchId, Sha256 } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import type { Scope } from '#schemas/values/trading'
import { asRecorded } from './appending.ts'
import type { Directory, EngagedKillSwitch } from './directory.ts'
import { endorseRelease } from './endorse-release.ts'
import { mainBook } from './fresh-ledger.ts'
import { killSwitchIdOf } from './identity.ts'
import { levelWithLog } from './levelling.ts'
import { type ReleaseMeans, releaseKillSwitch } from './release.ts'
import { unknownName } from './terms.ts'

/** So long, with all that it waits for, is looked for an earlier use of the key before a kill switch is written. */
const lookBackMs = 250
/** So long the answer, when it is written, waits to learn whether another one with its key came first. */
const lookAfterMs = 1_000

export interface KillSwitchMeans extends ReleaseMeans {
  readonly ids: Pick<Ids, 'eventId'>
}

const engaging = {
  method: 'POST',
  path: '/v1/risk/kill-switch',
  summary:
    'Stops a book, or a part of it, at once and until it is released; or asks for that, or agrees to it.',
  tag: 'risk',
  // Nobody is kept from it for having asked too much.
  lane: 'free',
  idempotencyKey: 'optional',
  body: KillSwitchRequest,
  replies: { 200: ProposalReply, 201: KillSwitchReply, 202: ProposalReply },
  problems: [
    'forbidden',
    'missingIdempotencyKey',
    'unknownBook',
    'unknownAccount',
    'unknownSymbol',
    'unknownKillSwitch',
    'secondPerson',
    'proposalEnded',
    'tooManyRequests',
    'controlRefused',
    'notReady',
  ],
} as const satisfies KeyedDescription

export const engageKillSwitch = (means: KillSwitchMeans): KeyedRoute =>
  keyed(engaging, async (request) => {
    const { caller, key, body } = request
    if (body.value.action === 'release') return releaseKillSwitch(means, request)
    if (body.value.action === 'endorse') return endorseRelease(means, request)
    const event = eventOf(means, caller, key, body.value)
    if (E.isLeft(event)) return event
    if (key === undefined) return engage(means, request, event.right, {})
    const named = { idempotencyKey: key, bodyHash: body.bodyHash }
    // After whatever was asked under the same key, and before what will be.
    return means.inTurn(`${caller.person} ${use} ${key}`, async () => {
      const earlier = await earlierUse(means, caller, key)
      return earlier === undefined
        ? engage(means, request, event.right, named)
        : replayed(earlier, body.bodyHash)
    })
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

const faultsOfAction = ({ id }: KillSwitchRequest): readonly RequestFault[] =>
  id === undefined
    ? []
    : [fieldFault(['id'], 'invalid', 'belongs to releasing; engaging makes a new one')]

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

const use = 'POST /v1/risk/kill-switch'
/**
 * What was asked under this key before, if this process can see it in time. A kill switch that it cannot see is
 * folded once all the same: the second is of the same id.
 */
const earlierUse = async (
  { log, directory, progress }: KillSwitchMeans,
  { person }: Caller,
  key: IdempotencyKey,
): Promise<RecordedEvent | undefined> => {
  const seen = () => directory.used(person, use, key)
  if (seen() === undefined) {
    await within(lookBackMs, levelWithLog({ log, progress }, lookBackMs))
  }
  return seen()
}

/** Until it is done, or the time is up, whether or not it has failed. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
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
  const first =
    named.idempotencyKey === undefined
      ? undefined
      : directory.used(caller.person, use, named.idempotencyKey)
  return first === undefined || first.position === ours.position
    ? E.right(answer(ours))
    : replayed(first, named.bodyHash)
}

const replayed = (first: RecordedEvent, bodyHash: Sha256): E.Either<Fault, Answer> => {
  const { event, metadata } = first
  return event.type === 'KillSwitchEngaged' && metadata.bodyHash === bodyHash
    ? E.right({ ...answer({ ...first, event }), headers: { 'idempotent-replayed': 'true' } })
    : E.left({ _tag: 'IdempotencyKeyReused' })
}

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
