/** The event log in memory, for tests: the same promises as on disk, for as long as the process lives. */
import * as E from 'fp-ts/lib/Either.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Clock } from '#domain/kernel/clock'
import type {
  AppendFailure,
  Appended,
  EventLog,
  LogFilter,
  LogPage,
  ReadFailure,
  Subscription,
} from '#domain/kernel/event-log'
import { type Proposal, proposal, textProposal, writing } from '#domain/kernel/proposal'
import { runsBy } from '#domain/kernel/runs'
import type { MovedEvent, MoveFailure, StoredLog, StoredPage } from '#domain/kernel/stored-log'
import type { RecordedEvent, StoredEvent } from '#schemas/envelope'
import { decodeStored, type EncodedEvent } from '#schemas/stored'
import { apps } from '#schemas/writers'
import type { Instant } from '#schemas/values/instant'

const pageEventsMax = 1_000
/** An empty page is given after this long: sooner where it tells of progress. */
const emptyMs = 1_000
const progressMs = 250

const here: Pick<Clock, 'now'> = { now: () => (Date.now() * 1000) as Instant }

interface Store {
  /** Position n is at n - 1. The texts are kept, so that what is read back has been through them. */
  readonly events: StoredEvent[]
  readonly byStream: Map<string, StoredEvent[]>
  readonly byId: Map<string, StoredEvent>
  readonly waiting: Set<() => void>
}

export const memoryEventLog = (
  clock: Pick<Clock, 'now'> = here,
): EventLog & StoredLog & { readonly close: () => Promise<void> } => {
  const store: Store = {
    events: [],
    byStream: new Map(),
    byId: new Map(),
    waiting: new Set(),
  }
  const mayWrite = writing(apps)
  return {
    countsEvents: true,
    append: async (stream, expected, events) => {
      const proposed = proposal(stream, expected, events, mayWrite)
      return E.isLeft(proposed) ? proposed : append(store, proposed.right, clock.now())
    },
    read: async (stream, after) =>
      decodeAll((store.byStream.get(stream) ?? []).slice(Number(after) + 1)),
    readAll: async (after, filter, limit) => readPage(store, after, filter, limit),
    subscribeAll: (after, filter) => subscribe(store, after, filter),
    head: async () => E.right(BigInt(store.events.length)),
    readStored: async (after, limit) => E.right(storedPage(store, after, limit)),
    appendStored: async (events) => appendStored(store, events, clock.now()),
    close: async () => {
      for (const wake of store.waiting) wake()
    },
  }
}

const append = (
  store: Store,
  { stream, expected, events }: Proposal,
  recordedAt: Instant,
): E.Either<AppendFailure, Appended> => {
  const recorded = store.byStream.get(stream) ?? []
  const actual = recorded.length === 0 ? undefined : BigInt(recorded.length - 1)
  const known = events.map(({ id }) => store.byId.get(id))
  const [first] = known
  const from = placeOf(expected, first)
  const inPlace = known.filter(
    (stored, index) =>
      stored !== undefined && isSame(stored, stream, from + BigInt(index), events[index]),
  )
  const last = inPlace.at(-1)
  if (inPlace.length === events.length && first !== undefined && last !== undefined) {
    const { revision, position } = last
    return E.right({ stream, revision, lastPosition: position })
  }
  if (known.filter((stored) => stored !== undefined).length > inPlace.length) {
    const detail = 'an id of this append stands for another event already'
    return E.left({ _tag: 'AppendForbidden', stream, detail })
  }
  const inTurn =
    expected === 'streamExists'
      ? actual !== undefined
      : (expected === 'noStream' ? undefined : expected) === actual
  if (!inTurn || inPlace.length > 0)
    return E.left({ _tag: 'RevisionConflict', stream, expected, actual })
  return E.right(add(store, stream, recorded, events, recordedAt))
}

/** The revision at which the first event of an append stands, if it stands anywhere. */
const placeOf = (expected: Proposal['expected'], first: StoredEvent | undefined): bigint => {
  if (expected === 'noStream') return 0n
  return expected === 'streamExists' ? (first?.revision ?? 0n) : expected + 1n
}

const isSame = (
  stored: StoredEvent,
  stream: string,
  revision: bigint,
  event: EncodedEvent | undefined,
): boolean =>
  stored.stream === stream &&
  stored.revision === revision &&
  stored.type === event?.type &&
  stored.data === event.data &&
  stored.metadata === event.metadata

const add = (
  store: Store,
  stream: Proposal['stream'],
  recorded: StoredEvent[],
  events: readonly EncodedEvent[],
  recordedAt: Instant,
): Appended => {
  for (const event of events) {
    const stored: StoredEvent = {
      ...event,
      position: BigInt(store.events.length + 1),
      stream,
      revision: BigInt(recorded.length),
      recordedAt,
    }
    store.events.push(stored)
    recorded.push(stored)
    store.byId.set(stored.id, stored)
  }
  store.byStream.set(stream, recorded)
  for (const wake of store.waiting) wake()
  return {
    stream,
    revision: BigInt(recorded.length - 1),
    lastPosition: BigInt(store.events.length),
  }
}

const storedPage = ({ events }: Store, after: bigint, limit: number): StoredPage => {
  const page = events.slice(Number(after), Number(after) + limit)
  const upTo = page.at(-1)?.position ?? after
  return { events: page, upTo, atHead: upTo >= BigInt(events.length) }
}

const appendStored = (
  store: Store,
  events: readonly MovedEvent[],
  recordedAt: Instant,
): E.Either<MoveFailure, void> => {
  for (const run of runsBy(events, ({ writer, stream }) => `${writer} ${stream}`)) {
    const [{ writer, stream, revision }] = run
    const texts = RNEA.map(({ event }: MovedEvent) => event)(run)
    const expected = revision === 0n ? 'noStream' : revision - 1n
    const proposed = textProposal(stream, expected, texts, writing([writer]))
    if (E.isLeft(proposed)) return proposed
    const appended = append(store, proposed.right, recordedAt)
    if (E.isRight(appended)) continue
    if (appended.left._tag !== 'RevisionConflict') return E.left(appended.left)
    return E.left({ _tag: 'OutOfPlace', detail: `${stream} does not end before them` })
  }
  return E.right(undefined)
}

const decodeAll = (
  stored: readonly StoredEvent[],
): E.Either<ReadFailure, readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for (const one of stored) {
    const recorded = decodeStored(one)
    if (E.isLeft(recorded)) {
      const { position, stream } = one
      return E.left({ _tag: 'UnreadableEvent', position, stream, ...recorded.left })
    }
    events.push(recorded.right)
  }
  return E.right(events)
}

const passes = (
  { types, prefixes }: LogFilter,
  { type, stream }: Pick<StoredEvent, 'type' | 'stream'>,
): boolean =>
  (types === undefined || types.some((wanted) => wanted === type)) &&
  (prefixes === undefined || prefixes.some((prefix) => stream.startsWith(prefix)))

const readPage = (
  { events }: Store,
  after: bigint,
  filter: LogFilter,
  limit: number,
): E.Either<ReadFailure, LogPage> => {
  const head = BigInt(events.length)
  const found: StoredEvent[] = []
  let at = Number(after)
  while (at < events.length && found.length < limit) {
    const event = events[at]
    if (event !== undefined && passes(filter, event)) found.push(event)
    at += 1
  }
  const decoded = decodeAll(found)
  if (E.isLeft(decoded)) return decoded
  const upTo = BigInt(at)
  return E.right({ events: decoded.right, upTo, atHead: upTo >= head })
}

const subscribe = (store: Store, after: bigint, filter: LogFilter): Subscription => {
  let position = after
  let toldHead = false
  let closed = false
  const waking = new Set<() => void>()
  const news = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        store.waiting.delete(done)
        waking.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      store.waiting.add(done)
      waking.add(done)
    })
  return {
    next: async () => {
      const asked = performance.now()
      const from = position
      for (;;) {
        if (closed)
          return E.left({ _tag: 'StoreUnreachable', detail: 'this subscription was closed' })
        const read = readPage(store, position, filter, pageEventsMax)
        if (E.isLeft(read)) return read
        const { events, upTo, atHead } = read.right
        position = upTo
        const msLeft = asked + (upTo > from ? progressMs : emptyMs) - performance.now()
        if (events.length > 0 || (atHead && !toldHead) || msLeft <= 0) {
          toldHead = atHead
          return read
        }
        await news(msLeft)
      }
    },
    close: async () => {
      closed = true
      for (const wake of waking) wake()
    },
  }
}
