/** The log in EventStoreDB as its texts, for moving house. */
import * as E from 'fp-ts/lib/Either.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import {
  appendBytesMax,
  appendEventsMax,
  bytesOf,
  textProposal,
  writing,
} from '#domain/kernel/proposal'
import { runsBy } from '#domain/kernel/runs'
import type { MovedEvent, MoveFailure, StoredLog } from '#domain/kernel/stored-log'
import { parseAddress } from './address.ts'
import { type Appender, openAppender } from './append.ts'
import { openLine } from './line.ts'
import { readHead, readStoredPage } from './read.ts'

export interface EventStoreStoredLogSettings {
  readonly url: string
  readonly patienceMs?: number
  readonly callMs?: number
}

export const openEventStoreStoredLog = ({
  url,
  patienceMs = 10_000,
  callMs = 5_000,
}: EventStoreStoredLogSettings): StoredLog & { readonly close: () => Promise<void> } => {
  const parsed = parseAddress(url)
  if (E.isLeft(parsed)) throw new TypeError(parsed.left)
  const address = parsed.right
  const line = (role: string) => openLine(address, `daybook-copy-${role}`, callMs)
  const [appending, asking] = [line('append'), line('read')]
  const reading = { line: asking, patienceMs }
  const appender = openAppender({ line: appending, reading, address, patienceMs })
  return {
    readStored: (after, limit) => readStoredPage(reading, after, limit),
    appendStored: (events) => appendStored(appender, events),
    head: () => readHead(reading),
    close: async () => {
      await Promise.all([appending.close(), asking.close()])
    },
  }
}

/** One append for each run of one stream, one after the other: the order of all events is that of their answers. */
const appendStored = async (
  appender: Appender,
  events: readonly MovedEvent[],
): Promise<E.Either<MoveFailure, void>> => {
  for (const run of runsOf(events)) {
    const [{ writer, stream, revision }] = run
    const texts = RNEA.map(({ event }: MovedEvent) => event)(run)
    const expected = revision === 0n ? 'noStream' : revision - 1n
    const proposed = textProposal(stream, expected, texts, writing([writer]))
    if (E.isLeft(proposed)) return proposed
    const appended = await appender.append(proposed.right)
    if (E.isRight(appended)) continue
    if (appended.left._tag !== 'RevisionConflict') return E.left(appended.left)
    return E.left({ _tag: 'OutOfPlace', detail: `${stream} does not end before them` })
  }
  return E.right(undefined)
}

/** Neighbours of one stream and writer, as many as one append may have. */
const runsOf = (events: readonly MovedEvent[]): readonly RNEA.ReadonlyNonEmptyArray<MovedEvent>[] =>
  runsBy(events, ({ writer, stream }) => `${writer} ${stream}`, appendEventsMax).flatMap((run) =>
    run.reduce((sum, { event }) => sum + bytesOf(event), 0) <= appendBytesMax
      ? [run]
      : run.map((one) => RNEA.of(one)),
  )
