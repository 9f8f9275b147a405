/** One thing that can be asked over HTTP: what is said of it, and what answers it. Free of any framework. */
import type { Either } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { ProblemCode } from '#schemas/codes'
import type { CorrelationId, KeyId, PersonId } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'
import type { Fault } from './faults.ts'

/** Who asks: the person a key was issued to, and what the key may do. */
export interface Caller {
  readonly person: PersonId
  readonly keyId: KeyId
  readonly roles: readonly Role[]
}

/** Whose key it is, or why nobody is let in by it; by the address, too many wrong ones are. */
export type Admit = (authorization: string | undefined, address: string) => Either<Fault, Caller>

/** Which bucket a request is taken from; `free`: none, however often it is asked. */
export type Lane = 'requests' | 'cancels' | 'free'

export interface Asked {
  /** Also the correlation id of every event that this request leads to. */
  readonly requestId: CorrelationId
  /** The parts of the path that the route names, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
  /** JSON, or what is wrong with it. Undefined where there was no body. */
  readonly body: Either<string, unknown> | undefined
  /** Undefined where it is absent; a list where it was sent more than once. */
  readonly header: (name: 'idempotency-key' | 'prefer') => string | readonly string[] | undefined
  /** Aborted when the asker goes away or the server closes: nobody waits for the answer any more. */
  readonly gone: () => AbortSignal
}

export interface Answer {
  readonly status: number
  /** What JSON.stringify makes the body from; a text is sent as it is. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type MediaType = `${string}/${string}`

/** Under which heading a route is found in the documentation. */
export type Tag =
  | 'orders'
  | 'positions'
  | 'accounts'
  | 'market'
  | 'risk'
  | 'access'
  | 'stream'
  | 'operation'

/** What is said of a route where it is declared: all that documentation, tests and refusals need of it. */
export interface Description {
  readonly method: Method
  /** With named parts: /v1/orders/:id. */
  readonly path: string
  /** A sentence about what it does. */
  readonly summary: string
  readonly tag: Tag
  /** Closed, so that a misspelt parameter is refused; absent: it takes none. */
  readonly query?: t.Any
  /** Closed; absent: it takes none, and one that is sent is refused. */
  readonly body?: t.Any
  /** What it answers when all is well: the codec of the JSON, or the type of something else. */
  readonly replies: Readonly<Record<number, t.Any | MediaType>>
  /** Refusals of its own, beside those that the parts of this description imply. */
  readonly problems?: readonly ProblemCode[]
}
export interface KeyedDescription extends Description {
  /** One of them is needed, and `to` says for what: To <to> a key needs the role …. Absent: any key will do. */
  readonly roles?: { readonly anyOf: readonly Role[]; readonly to: string }
  /** Absent: the header means nothing here. */
  readonly idempotencyKey?: 'required' | 'optional'
  /** With `dryRun=true` in its query it records nothing, and needs no Idempotency-Key. */
  readonly dryRun?: true
  /** Absent: it counts as any other request of its key. */
  readonly lane?: Lane
  /** `Prefer: wait` holds the answer back until something has come of it. */
  readonly prefer?: true
}

export interface OpenRoute extends Description {
  readonly access: 'anybody'
  readonly handle: (asked: Asked) => Promise<Either<Fault, Answer>>
}
export interface KeyedRoute extends KeyedDescription {
  readonly access: 'key'
  readonly handle: (asked: Asked, caller: Caller) => Promise<Either<Fault, Answer>>
}
export type Route = OpenRoute | KeyedRoute

/** The methods of the routes that a path fits, for the Allow header (RFC 9110, 10.2.1). */
export const methodsOf = (routes: readonly Route[], path: string): readonly string[] => {
  const parts = path.split('/')
  const fits = (route: Route): boolean => {
    const named = route.path.split('/')
    return (
      named.length === parts.length &&
      named.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]))
    )
  }
  const methods = routes.filter(fits).map(({ method }) => method)
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods
}
