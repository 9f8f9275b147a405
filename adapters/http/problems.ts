/** The one table from everything that can go wrong to what the asker is told (RFC 9457). */
import type { Fault, RequestFault } from './faults.ts'
import { secondPersonText } from './second-person.ts'
import type { Problem } from '#schemas/api/problem'
import type { ProblemCode } from '#schemas/codes'
import { type Amount, formatDecimal, placesOfAmount } from '#schemas/values/decimal'

export interface ProblemAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly problem: Problem
}

const kinds = {
  malformed: [400, 'The request cannot be read'],
  missingIdempotencyKey: [400, 'The Idempotency-Key is missing'],
  unauthenticated: [401, 'The API key is missing or not known'],
  forbidden: [403, 'Not allowed'],
  notFound: [404, 'Not found'],
  methodNotAllowed: [405, 'Method not allowed'],
  requestTimeout: [408, 'The request took too long to arrive'],
  orderEnded: [409, 'The order has ended'],
  accountExists: [409, 'There is an account of that name already'],
  insufficientFunds: [409, 'There is not enough money'],
  controlRefused: [409, 'The risk guard refuses it'],
  lastAdminKey: [409, 'It is the last key that may issue keys'],
  payloadTooLarge: [413, 'The body is too large'],
  unsupportedMediaType: [415, 'The body is not of a supported type'],
  invalid: [422, 'The request is not valid'],
  unknownField: [422, 'The request has a field that is not known'],
  notSupported: [422, 'Not supported by this ledger'],
  unknownSymbol: [422, 'The symbol is not known'],
  unknownVenue: [422, 'The venue is not known'],
  unknownSource: [422, 'The source of prices is not known'],
  unknownAccount: [422, 'The account is not known'],
  unknownBook: [422, 'The book is not known'],
  unknownCurrency: [422, 'The currency is not known'],
  unknownKillSwitch: [422, 'No such kill switch stands'],
  idempotencyKeyReused: [422, 'The Idempotency-Key was used for another request'],
  upgradeRequired: [426, 'Another protocol is needed'],
  tooManyRequests: [429, 'Too many requests'],
  headersTooLarge: [431, 'The headers are too large'],
  secondPerson: [403, 'A second person is needed'],
  bookExists: [409, 'There is such a book already'],
  proposalEnded: [409, 'The proposal has been decided'],
  internal: [500, 'The ledger has a fault'],
  logUnreachable: [503, 'The event log does not answer'],
  readModelsUnreachable: [503, 'The read models do not answer'],
  projectionBehind: [503, 'The read models are behind'],
  notReady: [503, 'Not ready yet'],
  tooManyClients: [503, 'Too many clients are connected'],
} as const satisfies Record<ProblemCode, readonly [status: number, title: string]>

export const statusOf = (code: ProblemCode): number => kinds[code][0]

/** What of a problem depends on the single case. */
interface Told {
  readonly code: ProblemCode
  readonly detail: string
  readonly errors?: readonly RequestFault[]
  readonly headers?: Readonly<Record<string, string>>
}

export const problemOf = (fault: Fault, requestId: string): ProblemAnswer => {
  const { code, detail, errors, headers = {} } = told(fault)
  const [status, title] = kinds[code]
  return {
    headers,
    problem: {
      type: `urn:daybook:problem:${code}`,
      title,
      status,
      detail,
      code,
      requestId,
      ...(errors === undefined
        ? {}
        : { errors: errors.map((error) => ({ pointer: error.pointer, detail: error.detail })) }),
    },
  }
}

/** Whether the fault is ours: then it is logged as an error, with all that is known of it. */
export const isDefect = (fault: Fault): boolean => told(fault).code === 'internal'

const soon = { 'retry-after': '1' }
const internal = (): Told => ({
  code: 'internal',
  detail: 'Something went wrong inside the ledger. Its own log says more under this requestId.',
})
const malformed = ({ detail }: { readonly detail: string }): Told => ({ code: 'malformed', detail })

type Tag = Fault['_tag']
const table: { readonly [T in Tag]: (fault: Extract<Fault, { readonly _tag: T }>) => Told } = {
  NotJson: malformed,
  RequestMalformed: malformed,
  FieldsWrong: ({ faults }) => fieldsWrong(faults),
  RouteUnknown: ({ method, path }) => ({
    code: 'notFound',
    detail: `There is no ${method} ${path.slice(0, 100)}.`,
  }),
  MethodUnknown: ({ method, allowed }) => ({
    code: 'methodNotAllowed',
    detail: `${method} is not possible here; ${allowed.join(' and ')} is.`,
    headers: { allow: allowed.join(', ') },
  }),
  BodyTooLarge: ({ bytesMax }) => ({
    code: 'payloadTooLarge',
    detail: `A body has at most ${String(bytesMax)} bytes.`,
  }),
  MediaTypeUnknown: ({ given }) => ({
    code: 'unsupportedMediaType',
    detail: mediaTypeUnknown(given),
  }),
  RequestTooSlow: ({ secondsMax }) => ({
    code: 'requestTimeout',
    detail: `Send the whole request within ${String(secondsMax)} seconds.`,
  }),
  HeadersTooLarge: ({ bytesMax }) => ({
    code: 'headersTooLarge',
    detail: `The headers have at most ${String(bytesMax)} bytes together.`,
  }),
  UpgradeMissing: ({ protocol }) => ({
    code: 'upgradeRequired',
    detail: `This is a ${protocol}: connect to it as one.`,
    headers: { upgrade: protocol.toLowerCase(), connection: 'Upgrade' },
  }),
  IdempotencyKeyMissing: () => ({ code: 'missingIdempotencyKey', detail: keyMissing }),
  IdempotencyKeyMalformed: () => ({
    code: 'malformed',
    detail: 'An Idempotency-Key is 1 to 255 printable ASCII characters.',
  }),
  IdempotencyKeyTwice: () => ({
    code: 'malformed',
    detail: 'There are several Idempotency-Key headers; send one.',
  }),
  SecretSent: ({ where }) => ({
    code: 'invalid',
    detail:
      `There is an API key in ${where}. Nothing was recorded, for what is recorded stays for ever. ` +
      'Send keys as Authorization: Bearer, and nowhere else.',
  }),
  KeyMissing: () => ({
    code: 'unauthenticated',
    detail: 'Send your API key as Authorization: Bearer dbk_….',
    headers: { 'www-authenticate': 'Bearer realm="daybook"' },
  }),
  KeyUnknown: () => ({
    code: 'unauthenticated',
    detail: 'This ledger does not know that API key.',
    headers: { 'www-authenticate': 'Bearer realm="daybook", error="invalid_token"' },
  }),
  KeyRevoked: ({ keyId }) => ({
    code: 'unauthenticated',
    detail: `The API key ${keyId} was revoked. Use another one.`,
    headers: { 'www-authenticate': 'Bearer realm="daybook", error="invalid_token"' },
  }),
  KeyTooLate: ({ secondsMax }) => ({
    code: 'unauthenticated',
    detail: `Send your API key as Authorization: Bearer dbk_…, or as the first message {"key": "dbk_…"} within ${String(secondsMax)} seconds.`,
  }),
  OriginForbidden: ({ origin }) => ({
    code: 'forbidden',
    detail: `Pages of ${origin.slice(0, 100)} may not connect to this ledger.`,
  }),
  RoleMissing: ({ anyOf, to }) => ({
    code: 'forbidden',
    detail: `To ${to} a key needs the role ${anyOf.join(' or ')}.`,
  }),
  OrderOfAnother: ({ orderId, anyOf }) => ({
    code: 'forbidden',
    detail: `Order ${orderId} was placed by another person; to cancel it a key needs the role ${anyOf.join(' or ')}.`,
  }),
  IdempotencyKeyReused: () => ({ code: 'idempotencyKeyReused', detail: keyReused }),
  OrderUnknown: ({ orderId }) => ({
    code: 'notFound',
    detail: `There is no order ${orderId.slice(0, 100)}.`,
  }),
  OrderHasEnded: ({ orderId, status }) => ({
    code: 'orderEnded',
    detail: `Order ${orderId} is ${status}: there is nothing left to cancel.`,
  }),
  BookUnknown: ({ book }) => ({ code: 'notFound', detail: `There is no book ${book}.` }),
  AccountUnknown: ({ account }) => ({
    code: 'notFound',
    detail: `There is no account ${account.slice(0, 100)}.`,
  }),
  AccountExists: ({ account }) => ({
    code: 'accountExists',
    detail: `There is an account ${account} already; it stays as it was opened. Choose another id.`,
  }),
  InsufficientFunds: ({ account, currency, asked, balance, needed, free }) => ({
    code: 'insufficientFunds',
    detail:
      `${money(asked)} ${currency} cannot leave ${account}: of ${money(balance)} ${currency} ` +
      `open orders and positions need ${money(needed)}, so that ${money(larger(free))} may leave.`,
  }),
  TooManyRequests: ({ perSecond, waitMs }) => ({
    code: 'tooManyRequests',
    detail: `This key has asked more than ${String(perSecond)} times a second; ${again(waitMs)}`,
    headers: { 'retry-after': secondsOf(waitMs) },
  }),
  TooManyKeysTried: ({ perSecond, waitMs }) => ({
    code: 'tooManyRequests',
    detail:
      `From your address keys that are missing or not known came more than ${String(perSecond)} ` +
      `times a second; ${again(waitMs)}`,
    headers: { 'retry-after': secondsOf(waitMs) },
  }),
  ControlRefused: ({ code, message }) => ({
    code: 'controlRefused',
    detail: `The risk guard refuses it (${code}): ${message}`,
  }),
  ProposalUnknown: ({ proposal }) => ({
    code: 'notFound',
    detail: `There is no proposal ${proposal.slice(0, 100)} here; GET /v1/risk/proposals lists those that there are.`,
  }),
  ProposalHasEnded: ({ proposal, state }) => ({
    code: 'proposalEnded',
    detail: `Proposal ${proposal} is ${state}: there is nothing left to agree to.`,
  }),
  SecondPersonNeeded: (fault) => ({ code: 'secondPerson', detail: secondPersonText(fault) }),
  TooManyPending: ({ book, pending }) => ({
    code: 'tooManyRequests',
    detail:
      `${String(pending)} requests on the control of ${book} wait already, and no more may: ` +
      'let them take effect, be endorsed or expire first. What tightens is set at once all the same.',
    headers: { 'retry-after': '60' },
  }),
  BookExists: ({ book }) => ({
    code: 'bookExists',
    detail: `There is a book ${book} already; it stays as it was opened. Choose another id.`,
  }),
  ApiKeyNotFound: ({ keyId }) => ({
    code: 'notFound',
    detail: `There is no API key ${keyId.slice(0, 100)}. Name it by the 8 characters after dbk_.`,
  }),
  LastAdminKey: ({ keyId }) => ({
    code: 'lastAdminKey',
    detail:
      `${keyId} is the last key with the role admin: without it nobody could issue another. ` +
      'Issue a new one first.',
  }),
  LogUnreachable: ({ written }) => ({
    code: 'logUnreachable',
    detail: written === 'nothing' ? nothingWritten : perhapsWritten,
    headers: soon,
  }),
  ReadModelsUnreachable: () => ({
    code: 'readModelsUnreachable',
    detail: 'The database of the read models does not answer. Nothing is lost; ask again.',
    headers: soon,
  }),
  ProjectionBehind: ({ asked, reached }) => ({
    code: 'projectionBehind',
    detail:
      `The read models are at position ${reached.toString()}, ` +
      `and have not reached ${asked.toString()} in time. Ask again.`,
    headers: soon,
  }),
  NotReady: ({ detail }) => ({ code: 'notReady', detail, headers: soon }),
  StreamsExhausted: ({ clientsMax }) => ({
    code: 'tooManyClients',
    detail: `${String(clientsMax)} clients are connected to this process, and no more may be. Come back later.`,
    headers: soon,
  }),
  Contended: () => ({
    code: 'notReady',
    detail: 'Others kept writing to the same stream. Nothing was recorded; ask again.',
    headers: soon,
  }),
  AppendForbidden: internal,
  UnreadableEvent: internal,
  Defect: internal,
}
const told = (fault: Fault): Told => (table[fault._tag] as (fault: Fault) => Told)(fault)

/** Malformed wins over not valid: what cannot be read was not judged. */
const fieldsWrong = (faults: readonly RequestFault[]): Told => {
  const first = faults.find(({ code }) => code === 'malformed') ?? faults[0]
  return {
    code: first?.code ?? 'invalid',
    detail: faults.map(({ detail }) => detail).join(' '),
    errors: faults,
  }
}

const money = (amount: Amount): string => formatDecimal(amount, placesOfAmount)
/** Where more is needed than there is, nothing is free. */
const larger = (free: Amount): Amount => (free < 0n ? (0n as Amount) : free)

const secondsOf = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)))
const again = (ms: number): string => `nothing was done. Ask again in ${secondsOf(ms)} s.`

const mediaTypeUnknown = (given: string): string =>
  given === ''
    ? 'Say what the body is: Content-Type: application/json.'
    : `The body is ${given}; send it as Content-Type: application/json.`

const keyMissing =
  'Name this request with an Idempotency-Key header of your choice (up to 255 characters), ' +
  'so that sending it again can never do it twice.'
const keyReused =
  'An earlier request with this Idempotency-Key had another body. Use a new key for a new request.'
const nothingWritten = 'Nothing was recorded. Ask again.'
const perhapsWritten =
  'The event log did not answer in time, so the request may or may not have been recorded. ' +
  'Send the very same request with the same Idempotency-Key again: it is recorded at most once.'
