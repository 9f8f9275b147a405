/** What every event log must do at length: one order for all, every size, slow readers, lines that break. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { EventLog, LogFilter, Subscription } from '#domain/kernel/event-log'
import { eventBytesMax } from '#domain/kernel/proposal'
import type { ProposedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import type { StreamName } from '#schemas/streams'
import { accountNamed, deposit, largeBook, riskOf } from './ledger-events.ts'

export interface EnduranceSettings {
  /** Events that are written and read back. */
  readonly many: number
  /** How often lines are broken while events are written and followed, and how. */
  readonly breaks?: { readonly count: number; readonly break: () => Promise<void> | void }
  /** Events that the store has handed out so far, whoever took them. */
  readonly handedOut?: () => Promise<number>
}

const run = Date.now().toString(36)
let names = 0
const fresh = (): string => `e${run}_${String((names += 1))}`

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer))
    throw new Error(
      JSON.stringify(answer.left, (_, u: unknown) => (typeof u === 'bigint' ? String(u) : u)),
    )
  return answer.right
}
const idsOf = (events: readonly { readonly metadata: { readonly id: string } }[]) =>
  events.map(({ metadata }) => metadata.id)

/** Everything up to a position, through outages: after each failure a new subscription, as the apps do it. */
const followTo = async (
  log: EventLog,
  after: bigint,
  filter: LogFilter,
  end: () => bigint | undefined,
): Promise<readonly string[]> => {
  const heard: string[] = []
  let upTo = after
  while (upTo < (end() ?? upTo + 1n)) {
    const subscription = log.subscribeAll(upTo, filter)
    try {
      while (upTo < (end() ?? upTo + 1n)) {
        const page = await subscription.next()
        if (E.isLeft(page)) break
        heard.push(...idsOf(page.right.events))
        upTo = page.right.upTo
      }
    } finally {
      await subscription.close()
    }
  }
  return heard
}

/** The same bytes at the same revision until the store has answered, as every writer of ours does it. */
const write = async (
  log: EventLog,
  stream: StreamName,
  after: bigint,
  events: readonly [ProposedEvent, ...ProposedEvent[]],
): Promise<bigint> => {
  for (;;) {
    const answer = await log.append(stream, after < 0n ? 'noStream' : after, events)
    if (E.isRight(answer)) return answer.right.lastPosition
    if (answer.left._tag !== 'StoreUnreachable') right(answer)
  }
}

/** So many events by one writer in his own stream; tells of each what he knows of its place. */
const writeMany = async (
  log: EventLog,
  count: number,
  size: number,
): Promise<{ readonly ids: readonly string[]; readonly end: bigint }> => {
  const name = fresh()
  const ids: string[] = []
  let end = 0n
  while (ids.length < count) {
    const events = Array.from({ length: Math.min(size, count - ids.length) }, () => deposit(name))
    const [first, ...others] = events
    if (first === undefined) break
    end = await write(log, accountNamed(name), BigInt(ids.length) - 1n, [first, ...others])
    ids.push(...idsOf(events))
  }
  return { ids, end }
}

const textsOf = (event: ProposedEvent) => {
  const { data, metadata } = encodeProposed(event)
  return { data, metadata }
}

const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b)

export const eventLogEndurance = (
  open: () => EventLog,
  { many, breaks, handedOut }: EnduranceSettings,
): void => {
  describe('at length', () => {
    test('two followers and a reader see one order, in which every writer finds his own', async () => {
      const log = open()
      const base = right(await log.head())
      let end: bigint | undefined
      const followers = [
        followTo(log, base, {}, () => end),
        followTo(log, base, { prefixes: ['account-'] }, () => end),
      ]
      const writers = await Promise.all(Array.from({ length: 8 }, () => writeMany(log, 60, 3)))
      end = writers.map((writer) => writer.end).reduce(largest)
      const [one, other] = await Promise.all(followers)
      expect(one?.length).toBe(480)
      expect(other).toStrictEqual(one)
      expect(await readTo(log, base, end)).toStrictEqual(one)
      for (const { ids } of writers) {
        const own = new Set(ids)
        expect(one?.filter((id) => own.has(id))).toStrictEqual(ids)
      }
    })
    test(`gives ${String(many)} events back in order`, async () => {
      const log = open()
      const base = right(await log.head())
      const { ids, end } = await writeMany(log, many, 200)
      expect(await readTo(log, base, end)).toStrictEqual(ids)
      expect(await followTo(log, base, {}, () => end)).toStrictEqual(ids)
    })
    test('keeps events of the largest size, and gives back a page full of them', async () => {
      const [log, name] = [open(), fresh()]
      const base = right(await log.head())
      const events = Array.from({ length: 6 }, () => largeBook(name, eventBytesMax))
      let end = base
      for (const [index, event] of events.entries()) {
        end = await write(log, riskOf(name), BigInt(index) - 1n, [event])
      }
      const kept = right(await log.read(riskOf(name), -1n))
      expect(kept.map(textsOf)).toStrictEqual(events.map(textsOf))
      expect(await readTo(log, base, end)).toStrictEqual(idsOf(events))
      expect(await followTo(log, base, {}, () => end)).toStrictEqual(idsOf(events))
    })
    if (handedOut !== undefined) slowness(open, handedOut)
    if (breaks !== undefined) breaking(open, breaks)
  })
}

const slowness = (open: () => EventLog, handedOut: () => Promise<number>): void => {
  test('is not read ahead of a follower that does not ask', async () => {
    const log = open()
    const base = right(await log.head())
    const { ids, end } = await writeMany(log, 4_000, 250)
    const before = await handedOut()
    const subscription = log.subscribeAll(base, {})
    const first = right(await subscription.next())
    await quiet(handedOut)
    // What is on the way fills the windows of the connection, and no more.
    expect((await handedOut()) - before).toBeLessThan(2_000)
    const heard = [...idsOf(first.events), ...(await rest(subscription, end))]
    expect(heard).toStrictEqual(ids)
    await subscription.close()
  })
}

/** Until nothing more is handed out. */
const quiet = async (handedOut: () => Promise<number>): Promise<void> => {
  for (let before = -1, now = 0; before !== now; ) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 200))
    now = await handedOut()
  }
}

const breaking = (
  open: () => EventLog,
  { count, break: snap }: NonNullable<EnduranceSettings['breaks']>,
): void => {
  test(`loses and doubles nothing over ${String(count)} broken lines`, async () => {
    const log = open()
    const base = right(await log.head())
    let end: bigint | undefined
    const follower = followTo(log, base, {}, () => end)
    let isOver = false
    const written: string[] = []
    const writing = Promise.all(
      Array.from({ length: 4 }, async () => {
        const name = fresh()
        let last = 0n
        for (let revision = -1n; !isOver; revision += 1n) {
          const event = deposit(name)
          last = await write(log, accountNamed(name), revision, [event])
          written.push(event.metadata.id)
        }
        return last
      }),
    )
    for (let done = 0; done < count; done += 1) {
      const before = written.length
      await snap()
      // The next one comes when work goes on again.
      while (written.length < before + 4) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    isOver = true
    end = (await writing).reduce(largest)
    const heard = await follower
    expect(new Set(heard).size).toBe(heard.length)
    expect([...heard].sort()).toStrictEqual([...written].sort())
    expect(await readTo(log, base, end)).toStrictEqual(heard)
  })
}

const readTo = async (log: EventLog, after: bigint, end: bigint): Promise<readonly string[]> => {
  const read: string[] = []
  for (let upTo = after; upTo < end; ) {
    const page = right(await log.readAll(upTo, {}, 1_000))
    read.push(...idsOf(page.events))
    upTo = page.upTo
  }
  return read
}

const rest = async (subscription: Subscription, end: bigint): Promise<readonly string[]> => {
  const heard: string[] = []
  for (let upTo = 0n; upTo < end; ) {
    const page = right(await subscription.next())
    heard.push(...idsOf(page.events))
    upTo = page.upTo
  }
  return heard
}
