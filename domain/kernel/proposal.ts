/** What a store is asked to keep: one append as texts, after the rules that hold in every store. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { AppendForbidden, ExpectedRevision } from '#domain/kernel/event-log'
import type { ProposedEvent } from '#schemas/envelope'
import { type EncodedEvent, encodeProposed } from '#schemas/stored'
import { categoryOf, isStreamName, type StreamName } from '#schemas/streams'
import { type AppName, writes } from '#schemas/writers'

export interface Proposal {
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly events: readonly EncodedEvent[]
  readonly bytes: number
}

/** UTF-8 bytes of data and metadata together. */
export const eventBytesMax = 256 * 1024
export const appendBytesMax = 512 * 1024
export const appendEventsMax = 256

/** What fits in 63 bits. One store takes -1 for "no stream", and another's client hangs at it. */
const revisionEnd = 1n << 63n

/** Whether those apps write that type to that stream. */
export type MayWrite = (stream: StreamName, type: string) => boolean

export const writing = (apps: readonly AppName[]): MayWrite => {
  const allowed = new Set(
    apps.flatMap((app) =>
      Object.entries(writes[app]).flatMap(([prefix, types]) =>
        types.map((type) => `${prefix}${type}`),
      ),
    ),
  )
  return (stream, type) => allowed.has(`${categoryOf(stream)}-${type}`)
}

/** The append as texts, or why no store of ours would ever take it. */
export const proposal = (
  stream: StreamName,
  expected: ExpectedRevision,
  events: ReadonlyNonEmptyArray<ProposedEvent>,
  mayWrite: MayWrite,
): E.Either<AppendForbidden, Proposal> => {
  const types = events.map(({ event }) => event.type)
  const fault = misplaced(stream, expected, types, mayWrite)
  if (fault !== undefined) return forbidden(stream, fault)
  const encoded = E.tryCatch(
    () => events.map(encodeProposed),
    (e) => (e instanceof Error ? e.message : String(e)),
  )
  return E.isLeft(encoded)
    ? forbidden(stream, encoded.left)
    : sized(stream, expected, encoded.right)
}

/** The same of events that are texts already, as another log keeps them. */
export const textProposal = (
  stream: StreamName,
  expected: ExpectedRevision,
  events: ReadonlyNonEmptyArray<EncodedEvent>,
  mayWrite: MayWrite,
): E.Either<AppendForbidden, Proposal> => {
  const types = events.map(({ type }) => type)
  const fault = misplaced(stream, expected, types, mayWrite)
  return fault === undefined ? sized(stream, expected, events) : forbidden(stream, fault)
}

const forbidden = (stream: StreamName, detail: string) =>
  E.left<AppendForbidden>({ _tag: 'AppendForbidden', stream, detail })

const misplaced = (
  stream: StreamName,
  expected: ExpectedRevision,
  types: readonly string[],
  mayWrite: MayWrite,
): string | undefined => {
  if (!isStreamName(stream)) return 'this is no name of a stream'
  if (typeof expected === 'bigint' && (expected < 0n || expected >= revisionEnd)) {
    return `${String(expected)} is no revision; a stream without events is noStream`
  }
  const stranger = types.find((type) => !mayWrite(stream, type))
  if (stranger !== undefined) return `${stranger} is not written to such a stream by this app`
  return expected === 'streamExists' && !types.every(isUrgent)
    ? 'without an exact revision only KillSwitchEngaged is written'
    : undefined
}

const sized = (
  stream: StreamName,
  expected: ExpectedRevision,
  events: readonly EncodedEvent[],
): E.Either<AppendForbidden, Proposal> => {
  const sizes = events.map(bytesOf)
  const fault = faultIn(events, sizes)
  if (fault !== undefined) return forbidden(stream, fault)
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  return bytes > appendBytesMax
    ? forbidden(
        stream,
        `${String(bytes)} bytes are more than the ${String(appendBytesMax)} of one append`,
      )
    : E.right({ stream, expected, events, bytes })
}

/** It is absolute and must never lose a race. */
const isUrgent = (type: string): boolean => type === 'KillSwitchEngaged'

const faultIn = (events: readonly EncodedEvent[], sizes: readonly number[]): string | undefined => {
  if (events.length > appendEventsMax) {
    return `${String(events.length)} events are more than the ${String(appendEventsMax)} of one append`
  }
  if (new Set(events.map(({ id }) => id)).size < events.length) {
    return 'one id stands for several events'
  }
  const large = sizes.find((size) => size > eventBytesMax)
  if (large !== undefined) {
    return `${String(large)} bytes are more than the ${String(eventBytesMax)} of one event`
  }
  const odd = events.find(({ data, metadata }) => isOdd(data) || isOdd(metadata))
  return odd === undefined ? undefined : `${odd.type} holds NUL or half a character`
}

/** NUL and lone surrogates, raw or as JSON escapes them: not every store can keep them, nor every reader take them. */
const isOdd = (text: string): boolean =>
  text.includes('\0') ||
  /\p{Surrogate}/u.test(text) ||
  (text.includes('\\u') && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text))

/** UTF-8 bytes of data and metadata together. */
export const bytesOf = ({ data, metadata }: EncodedEvent): number =>
  utf8Bytes(data) + utf8Bytes(metadata)

/** A character outside ASCII takes more bytes than it has units; half a pair takes two of its four. */
const utf8Bytes = (text: string): number =>
  text.length + (text.match(/[^\0-\x7f]/g) ?? []).reduce((sum, unit) => sum + moreBytes(unit), 0)

const moreBytes = (unit: string): number => {
  const code = unit.charCodeAt(0)
  return code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2
}
