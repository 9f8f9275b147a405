/** Read as the server answers it: a stream, all events, and subscriptions to either. */
import { type EventEmitter, once } from 'node:events'
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import { type ServerWritableStream, status as codes } from '@grpc/grpc-js'
import type { Double } from './double.ts'
import type { KeptEvent } from './store.ts'
import type { ReadMessage } from './stubs.ts'
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventBytes,
  nameIn,
  notFoundMessage,
  wireError,
} from './wire.ts'

type Call = ServerWritableStream<ReadReq, ReadMessage>

/** One call: what it writes waits for the reader, and stops when he has gone. */
export interface Reader {
  readonly call: Call
  readonly options: ReadReq.Options
  readonly isGone: () => boolean
  readonly write: (message: ReadMessage) => Promise<void>
  /** Until something was appended, or the reader has gone. */
  readonly news: () => Promise<void>
}

/** The server looks at so many events before it tells a filtered subscription how far it is. */
const defaultWindow = 32

export const read =
  (double: Double) =>
  (call: Call): void => {
    const options = call.request.getOptions()
    const rpc = options?.hasSubscription() === true ? 'subscribe' : 'read'
    double.seen(rpc, call)
    call.on('error', () => undefined)
    const refused = double.refused(rpc, call)
    if (refused !== undefined) call.emit('error', refused)
    else if (options?.hasUuidOption() !== true) {
      call.emit('error', wireError(codes.INVALID_ARGUMENT, "'uuidOption' is a required argument"))
    } else {
      const reader = readerOf(double, call, options)
      serve(double, reader).catch((error: unknown) => call.emit('error', error))
    }
  }

const readerOf = (
  { store, readers, counts }: Double,
  call: Call,
  options: ReadReq.Options,
): Reader => {
  const gone = new AbortController()
  const leave = (): void => {
    readers.delete(reader)
    gone.abort()
  }
  for (const sign of ['cancelled', 'error', 'close'] as const) call.on(sign, leave)
  const until = async (emitter: EventEmitter, sign: string): Promise<void> => {
    if (!gone.signal.aborted) {
      await once(emitter, sign, { signal: gone.signal }).catch(() => undefined)
    }
  }
  const reader: Reader = {
    call,
    options,
    isGone: () => gone.signal.aborted,
    write: async (message) => {
      if (gone.signal.aborted) return
      counts.written += 1
      if (!call.write(message)) await until(call, 'drain')
    },
    news: () => until(store, 'appended'),
  }
  readers.add(reader)
  return reader
}

const serve = async (double: Double, reader: Reader): Promise<void> => {
  if (double.faults.isSilent) return
  const stream = streamOf(reader.options)
  if (stream !== undefined && double.store.isTombstoned(stream)) {
    const trailers = { exception: 'stream-deleted', 'stream-name': stream }
    const error = wireError(
      codes.FAILED_PRECONDITION,
      `Event stream '${stream}' is deleted.`,
      trailers,
    )
    reader.call.emit('error', error)
    return
  }
  if (reader.options.hasSubscription()) await subscription(double, reader)
  else await page(double, reader, stream)
}

const streamOf = (options: ReadReq.Options): string | undefined => {
  const stream = options.getStream()
  return stream === undefined ? undefined : nameIn(stream.getStreamIdentifier())
}

const eventsFor = (
  { store }: Double,
  stream: string | undefined,
): readonly KeptEvent[] | undefined => (stream === undefined ? store.all() : store.visible(stream))

const page = async (double: Double, reader: Reader, stream: string | undefined): Promise<void> => {
  const { options, call } = reader
  const events = eventsFor(double, stream)
  if (events === undefined) {
    await reader.write(notFoundMessage(stream ?? ''))
  } else {
    const isBackwards = options.getReadDirection() === 1
    const step = isBackwards ? -1 : 1
    const { splitsPositions: isSplit, isOld, endsReadsAfter, stopsReadsAfter } = double.faults
    let left = Math.min(Number(options.getCount()), endsReadsAfter)
    let given = 0
    const told = { isSplit, hidesPosition: isOld && stream !== undefined }
    for (
      let at = firstOf(options, events, isBackwards);
      at >= 0 && at < events.length && left > 0 && !reader.isGone();
      at += step
    ) {
      const event = events[at]
      if (event !== undefined) await reader.write(eventBytes(event, told))
      left -= 1
      given += 1
      while (given >= stopsReadsAfter && !reader.isGone()) await reader.news()
    }
  }
  if (!reader.isGone()) call.end()
}

/** Where a page begins: inclusive forwards; backwards from a position: what stands before it. */
const firstOf = (
  options: ReadReq.Options,
  events: readonly KeptEvent[],
  isBackwards: boolean,
): number => {
  const end = isBackwards ? events.length - 1 : events.length
  const ofStream = options.getStream()
  if (ofStream !== undefined) {
    if (ofStream.hasStart()) return 0
    if (ofStream.hasEnd()) return end
    const revision = BigInt(ofStream.getRevision())
    const from = events.findIndex((event) => event.revision >= revision)
    return from < 0 ? end : from
  }
  const all = options.getAll()
  if (all?.hasStart() === true) return 0
  if (all?.hasEnd() === true) return end
  const from = indexAt(events, BigInt(all?.getPosition()?.getCommitPosition() ?? '0'))
  return isBackwards ? from - 1 : from
}

/** Of the first event at or after a position. */
const indexAt = (events: readonly KeptEvent[], position: bigint): number => {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.position ?? 0n) < position) low = middle + 1
    else high = middle
  }
  return low
}

const subscription = async (double: Double, reader: Reader): Promise<void> => {
  const { options } = reader
  const { faults, counts } = double
  const stream = streamOf(options)
  const passes = filterIn(options)
  const every = checkpointEvery(options)
  let after = startOf(options, eventsFor(double, stream) ?? [])
  let considered = 0
  let isLive = false
  await reader.write(confirmationMessage())
  const checkpoint = async (position: bigint): Promise<void> => {
    if (every === undefined || faults.isReserved) return
    await reader.write(checkpointMessage(toldFor(double, position)))
  }
  while (!reader.isGone()) {
    const events = eventsFor(double, stream) ?? []
    let at = indexAfter(events, after, stream !== undefined)
    if (isLive && (faults.isDeaf || at >= events.length)) await reader.news()
    for (; at < events.length && !reader.isGone() && !(isLive && faults.isDeaf); at += 1) {
      const event = events[at]
      if (event === undefined) break
      after = stream === undefined ? event.position : event.revision
      counts.considered += 1
      if (passes(event)) {
        await reader.write(eventBytes(event, { isSplit: faults.splitsPositions }))
        if (faults.repeats)
          await reader.write(eventBytes(event, { isSplit: faults.splitsPositions }))
      }
      considered += 1
      if (every !== undefined && considered % every === 0) {
        await checkpoint(event.position)
        while (faults.stalls && !reader.isGone()) await reader.news()
      }
    }
    if (!isLive) {
      isLive = true
      await checkpoint(after)
      if (!faults.isReserved) await reader.write(caughtUpMessage())
    }
  }
}

/** What a checkpoint says where so much was considered. */
const toldFor = ({ faults, store }: Double, considered: bigint): bigint => {
  const all = store.all()
  switch (faults.checkpoints) {
    case 'right':
      return considered
    case 'end':
      return (all.at(-1)?.position ?? 0n) + 1_000n
    case 'next':
      return all[indexAt(all, considered + 1n)]?.position ?? considered
    case 'none':
      return 2n ** 64n - 1n
  }
}

/** The position, or the revision, after which a subscription begins: it is exclusive. */
const startOf = (options: ReadReq.Options, events: readonly KeptEvent[]): bigint => {
  const ofStream = options.getStream()
  const all = options.getAll()
  const last = events.at(-1)
  if (ofStream !== undefined) {
    if (ofStream.hasEnd()) return last?.revision ?? -1n
    return ofStream.hasStart() ? -1n : BigInt(ofStream.getRevision())
  }
  if (all?.hasEnd() === true) return last?.position ?? -1n
  return all?.hasStart() === true ? -1n : BigInt(all?.getPosition()?.getCommitPosition() ?? '0')
}

const indexAfter = (events: readonly KeptEvent[], after: bigint, isStream: boolean): number => {
  if (!isStream) return indexAt(events, after + 1n)
  const from = events.findIndex(({ revision }) => revision > after)
  return from < 0 ? events.length : from
}

const filterIn = (options: ReadReq.Options): ((event: KeptEvent) => boolean) => {
  const filter = options.getFilter()
  if (filter === undefined) return () => true
  const onType = filter.hasEventType()
  const expression = onType ? filter.getEventType() : filter.getStreamIdentifier()
  const regex = expression?.getRegex() ?? ''
  const prefixes = expression?.getPrefixList() ?? []
  const pattern = regex === '' ? undefined : new RegExp(regex)
  return ({ type, stream }) => {
    const text = onType ? type : stream
    return pattern?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix))
  }
}

const checkpointEvery = (options: ReadReq.Options): number | undefined => {
  const filter = options.getFilter()
  if (filter === undefined) return undefined
  return (
    filter.getCheckpointintervalmultiplier() * (filter.hasMax() ? filter.getMax() : defaultWindow)
  )
}
