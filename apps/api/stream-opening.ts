/** Who may listen, and to what: everything that is asked of a client before it is told anything. */
import * as E from 'fp-ts/lib/Either.js'
import { queryOf, wrong } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import { parseJson } from '#adapters/http/json'
import type { Admit } from '#adapters/http/route'
import type { SocketAsked } from '#adapters/http/socket'
import type { Directory } from './directory.ts'
import { unknownName } from './terms.ts'
import type { EventLog } from '#domain/kernel/event-log'
import { type CloseCode, StreamKey, StreamQuery } from '#schemas/api/stream'
import { decodeRequest, fieldFault } from '#schemas/request'

export interface OpeningMeans {
  readonly admit: Admit
  readonly directory: Pick<Directory, 'account' | 'accounts'>
  readonly log: Pick<EventLog, 'head'>
  /** How far this process knows the log. */
  readonly heard: () => bigint
  /** Of pages that may listen, beside those that this very server is the host of. */
  readonly origins: readonly string[]
}

/**
 * Only pages in a browser name their origin. One that knows a key could do as it likes from elsewhere too; but a
 * ledger that lets foreign pages ask nothing over HTTP does not let them listen either.
 */
export const originFault = (
  { origins }: Pick<OpeningMeans, 'origins'>,
  { origin, host }: SocketAsked,
): Fault | undefined => {
  if (origin === undefined || origins.includes(origin)) return undefined
  const isOwn = host !== undefined && URL.canParse(origin) && new URL(origin).host === host
  return isOwn ? undefined : { _tag: 'OriginForbidden', origin }
}

/** The key as a browser sends it: as the first message, for it cannot set a header. */
export const keyIn = (text: string): E.Either<Fault, string> => {
  const json = parseJson(Buffer.from(text))
  if (E.isLeft(json)) return E.left({ _tag: 'NotJson', detail: json.left })
  const decoded = decodeRequest(StreamKey, json.right)
  return E.isLeft(decoded) ? wrong(decoded.left) : E.right(`Bearer ${decoded.right.key}`)
}

export const wantedOf = (
  { directory }: Pick<OpeningMeans, 'directory'>,
  asked: Pick<SocketAsked, 'query'>,
): E.Either<Fault, StreamQuery> => {
  const query = queryOf(StreamQuery, asked)
  if (E.isLeft(query)) return query
  const { account } = query.right
  if (account !== undefined && directory.account(account) === undefined) {
    const known = directory.accounts().map(({ id }) => id)
    return wrong([unknownName(['account'], 'unknownAccount', account, known)])
  }
  return query
}

/** A position that the log has not reached is another ledger's: whoever waited there would wait in vain. */
export const placeFault = async (
  { log, heard }: Pick<OpeningMeans, 'log' | 'heard'>,
  after: bigint | undefined,
): Promise<Fault | undefined> => {
  if (after === undefined || after <= heard()) return undefined
  const head = await log.head()
  if (E.isLeft(head)) {
    return { _tag: 'LogUnreachable', written: 'nothing', detail: head.left.detail }
  }
  if (after <= head.right) return undefined
  const detail = `must be a position of this log, which ends at ${head.right.toString()}`
  return { _tag: 'FieldsWrong', faults: [fieldFault(['after'], 'invalid', detail)] }
}

export const codeOf = (fault: Fault): CloseCode => {
  switch (fault._tag) {
    case 'KeyMissing':
    case 'KeyUnknown':
    case 'KeyRevoked':
      return 4401
    case 'OriginForbidden':
      return 4403
    case 'KeyTooLate':
      return 4408
    case 'NotReady':
    case 'StreamsExhausted':
    case 'LogUnreachable':
      return 1013
    case 'UnreadableEvent':
    case 'Defect':
      return 1011
    default:
      return 4400
  }
}
