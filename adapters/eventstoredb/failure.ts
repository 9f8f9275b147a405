/** What the client's errors mean for us. Only few are certain; whatever is not named here is "perhaps". */
import { Silence } from './time.ts'

export type ClientFailure =
  /** It answered: the stream is at another revision. */
  | { readonly _tag: 'conflict'; readonly actual: bigint | undefined }
  /** It answered, and nothing was done, nor will be. */
  | { readonly _tag: 'refused'; readonly detail: string }
  /** It answered: the stream was deleted for ever. */
  | { readonly _tag: 'tombstoned'; readonly detail: string }
  /** A read only: there is no such stream. */
  | { readonly _tag: 'missing' }
  /** No answer, or a passing trouble. */
  | { readonly _tag: 'lost'; readonly detail: string }

/** The client's errors are told apart by `type`, and the rest by gRPC's code. */
interface Said extends Error {
  readonly type?: unknown
  readonly code?: unknown
  readonly actualVersion?: unknown
  readonly maxAppendSize?: unknown
}

/** gRPC. */
const invalidArgument = 3
const internal = 13
const unknown = 2

export const clientFailure = (e: unknown): ClientFailure => {
  if (!(e instanceof Error)) return { _tag: 'lost', detail: String(e) }
  const said: Said = e
  switch (said.type) {
    case 'wrong-expected-version':
      return {
        _tag: 'conflict',
        actual: typeof said.actualVersion === 'bigint' ? said.actualVersion : undefined,
      }
    case 'stream-deleted':
      return { _tag: 'tombstoned', detail: 'this stream was deleted for ever (tombstoned)' }
    case 'stream-not-found':
      return { _tag: 'missing' }
    case 'maximum-append-size-exceeded':
      return {
        _tag: 'refused',
        detail: `the server takes at most ${String(said.maxAppendSize)} bytes`,
      }
    case 'access-denied':
      return {
        _tag: 'lost',
        detail:
          'EventStoreDB does not let this user in: check user and password in the address, and his rights',
      }
    case 'invalid-argument':
      return { _tag: 'refused', detail: e.message }
    default:
      return said.code === invalidArgument
        ? { _tag: 'refused', detail: e.message }
        : { _tag: 'lost', detail: wordsOf(e) }
  }
}

/**
 * Whether the client may be at fault, and not only the server: it keeps rejected promises for ever, and does not
 * reconnect after everything. Errors that it has not made itself come from discovery.
 */
export const isWedged = (e: unknown): boolean => {
  if (!(e instanceof Error) || e instanceof Silence) return true
  const { type, code }: Said = e
  if (typeof type !== 'string') return true
  return (
    type === 'deadline-exceeded' || (type === 'unknown' && (code === internal || code === unknown))
  )
}

/** Some have no message; and what TLS says does not say what to do. */
const wordsOf = (e: Error): string => {
  const { type }: Said = e
  const words = bare(e.message) || (typeof type === 'string' ? type : e.name)
  const hint = hints.find(([pattern]) => pattern.test(words))
  return hint === undefined ? words : `${words}. ${hint[1]}`
}

/** Without the code and the frame that gRPC puts around what has happened. */
const bare = (message: string): string =>
  message
    .replace(/^\d+ [A-Z_]+: /, '')
    .replace(/^No connection established\. Last error: (?:Error: )?/, '')
    .replace(/\.? Resolution note: $/, '')

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /wrong version number|packet length too long|EPROTO/i,
    'The server does not speak TLS: add ?tls=false to the address, or give it a certificate.',
  ],
  [
    /self[- ]signed|unable to (verify|get)|certificate|CERT_/i,
    "The server's certificate is not trusted: name its authority with tlsCAFile=<path>.",
  ],
  [
    /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|Name resolution failed/i,
    'Nobody answers there: is EventStoreDB running, and are host and port in the address right?',
  ],
  [
    /Failed to discover/i,
    'None of the named hosts knows a cluster with a leader: check hosts, port and tls in the address.',
  ],
  [
    /^Failed to connect|Last error: Failed to connect|ECONNRESET|socket hang up|connection closed|Protocol error/i,
    'If this stays so: perhaps the server wants TLS, and tls=false must go from the address.',
  ],
]
