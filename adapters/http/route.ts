/** One thing that can be asked over HTTP, free of any framework. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { CorrelationId, KeyId, PersonId } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'
import type { Fault } from './faults.ts'

/** Who asks: the person a key was issued to, and what the key may do. */
export interface Caller {
  readonly person: PersonId
  readonly keyId: KeyId
  readonly roles: readonly Role[]
}

export interface Asked {
  /** Also the correlation id of every event that this request leads to. */
  readonly requestId: CorrelationId
  /** The parts of the path that the route names, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
  /** JSON, or what is wrong with it. Undefined where there was no body. */
  readonly body: Either<string, unknown> | undefined
  readonly header: (name: 'idempotency-key' | 'prefer') => string | undefined
  /** Aborted when the asker goes away or the server closes: nobody waits for the answer any more. */
  readonly gone: () => AbortSignal
}

export interface Answer {
  readonly status: number
  /** What JSON.stringify makes the body from; a text is sent as it is. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Method = 'GET' | 'POST' | 'DELETE'

interface Address {
  readonly method: Method
  /** With named parts: /v1/orders/:id. */
  readonly path: string
}
export interface OpenRoute extends Address {
  readonly access: 'anybody'
  readonly handle: (asked: Asked) => Promise<Either<Fault, Answer>>
}
export interface KeyedRoute extends Address {
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
