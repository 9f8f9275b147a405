/** What every event log must do. Each adapter's own test calls this with a way to open one as the api. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Appended, EventLog } from '#domain/kernel/event-log'
import type { ProposedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import { anyCommands, catchUp, filters } from './event-log.commands.ts'
import {
  accountNamed,
  cancelRefused,
  deposit,
  forged,
  killSwitch,
  largeBook,
  riskOf,
} from './ledger-events.ts'

export interface ContractSettings {
  /** How many generated histories are tried. */
  readonly runs: number
  /** Whether positions count the events; else they are only in order. */
  readonly isDense: boolean
}

/** A server may hold what earlier runs have written. */
const run = Date.now().toString(36)
let names = 0
const fresh = (): string => `s${run}_${String((names += 1))}`

/** Moves on when the whole of it has passed. */
const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer))
    throw new Error(
      JSON.stringify(answer.left, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    )
  return answer.right
}

export const eventLogContract = (
  open: () => EventLog,
  { runs, isDense }: ContractSettings,
): void => {
  describe('any history', () => {
    test('is answered, kept, read and followed as a list would', async () => {
      await fc.assert(
        fc.asyncProperty(anyCommands, async (commands) => {
          const log = open()
          const base = right(await log.head())
          const [a, b] = [fresh(), fresh()]
          const streams = [accountNamed(a), riskOf(a), accountNamed(b), riskOf(b)]
          const followers = filters.map((filter) => ({
            filter,
            subscription: log.subscribeAll(base, filter),
            heard: [],
          }))
          try {
            await fc.asyncModelRun(
              () => ({
                model: { entries: [], asked: [], positions: new Map() },
                real: { log, base, isDense, streams, followers },
              }),
              commands,
            )
          } finally {
            await Promise.all(followers.map(({ subscription }) => subscription.close()))
          }
        }),
        { numRuns: runs },
      )
    })
  })
  appending(open)
  following(open, isDense)
}

const appending = (open: () => EventLog): void => {
  describe('appending', () => {
    test('answers the same for the same bytes, also after the stream went on', async () => {
      const [log, name] = [open(), fresh()]
      const event = deposit(name)
      const first = right(await log.append(accountNamed(name), 'noStream', [event]))
      right(await log.append(accountNamed(name), 0n, [deposit(name)]))
      expect(await log.append(accountNamed(name), 'noStream', [event])).toStrictEqual(
        E.right(first),
      )
    })
    test('refuses an id that stands for other content, at the same revision and anywhere', async () => {
      const [log, name] = [open(), fresh()]
      const event = deposit(name)
      right(await log.append(accountNamed(name), 'noStream', [event]))
      const refused = { _tag: 'AppendForbidden' }
      expect(await log.append(accountNamed(name), 'noStream', [forged(event)])).toMatchObject(
        E.left(refused),
      )
      expect(await log.append(accountNamed(name), 0n, [forged(event)])).toMatchObject(
        E.left(refused),
      )
      expect(await log.append(accountNamed(fresh()), 'noStream', [event])).toMatchObject(
        E.left(refused),
      )
    })
    test('refuses what no store would keep, and never harms what is asked at the same time', async () => {
      const [log, name] = [open(), fresh()]
      const taken = deposit(name)
      right(await log.append(accountNamed(name), 'noStream', [taken]))
      const twice = deposit(fresh())
      const poisoned: readonly (readonly [StreamName, ProposedEvent, ...ProposedEvent[]])[] = [
        [accountNamed(fresh()), forged(taken)],
        [accountNamed(fresh()), twice, twice],
        [riskOf(fresh()), largeBook('x', 300_000)],
        [accountNamed(fresh()), deposit('x', 'NUL \0')],
        [accountNamed(fresh()), deposit('x', 'half \ud800')],
        [riskOf(fresh()), deposit('x')],
        [`order-${fresh()}` as StreamName, cancelRefused()],
        ['nothing' as StreamName, deposit('x')],
      ]
      const good = Array.from({ length: 20 }, fresh)
      const [bad, well] = await Promise.all([
        Promise.all(poisoned.map(([stream, ...events]) => log.append(stream, 'noStream', events))),
        Promise.all(good.map((id) => log.append(accountNamed(id), 'noStream', [deposit(id)]))),
      ])
      // Of the writers, only a store that knows who asks can refuse the gateway's event.
      const mine = bad.filter((_, index) => index !== 6)
      expect(mine.map((answer) => E.isLeft(answer) && answer.left._tag)).toStrictEqual(
        mine.map(() => 'AppendForbidden'),
      )
      expect(well.every(E.isRight)).toBe(true)
    })
    test('refuses what is no revision', async () => {
      const [log, name] = [open(), fresh()]
      for (const expected of [-1n, -2n, 1n << 63n]) {
        expect(await log.append(accountNamed(name), expected, [deposit(name)])).toMatchObject(
          E.left({ _tag: 'AppendForbidden' }),
        )
      }
    })
    test('keeps every character', async () => {
      const [log, name] = [open(), fresh()]
      const event = deposit(name, 'Größe "1\\2" {3,4} 漢字 😀')
      right(await log.append(accountNamed(name), 'noStream', [event, deposit(name, 'ß')]))
      expect(right(await log.read(accountNamed(name), -1n))[0]).toMatchObject(event)
    })
    test('writes a kill switch to a stream that moves, and nothing else so', async () => {
      const [log, name] = [open(), fresh()]
      const engaged = killSwitch(name)
      expect(await log.append(riskOf(name), 'streamExists', [engaged])).toStrictEqual(
        E.left({
          _tag: 'RevisionConflict',
          stream: riskOf(name),
          expected: 'streamExists',
          actual: undefined,
        }),
      )
      right(await log.append(riskOf(name), 'noStream', [killSwitch(name)]))
      const written = right(await log.append(riskOf(name), 'streamExists', [engaged]))
      expect(written.revision).toBe(1n)
      right(await log.append(riskOf(name), 1n, [killSwitch(name)]))
      expect(await log.append(riskOf(name), 'streamExists', [engaged])).toStrictEqual(
        E.right(written),
      )
      right(await log.append(accountNamed(name), 'noStream', [deposit(name)]))
      expect(await log.append(accountNamed(name), 'streamExists', [deposit(name)])).toMatchObject(
        E.left({ _tag: 'AppendForbidden' }),
      )
    })
    test('takes an append as a whole: a part of it that stands there already is not enough', async () => {
      const [log, name] = [open(), fresh()]
      const [one, two] = [killSwitch(name), killSwitch(name)]
      right(await log.append(riskOf(name), 'noStream', [killSwitch(name)]))
      const written = right(await log.append(riskOf(name), 'streamExists', [one, two]))
      const conflict = E.left({ _tag: 'RevisionConflict', actual: 2n })
      const forbidden = E.left({ _tag: 'AppendForbidden' })
      const more = killSwitch(name)
      expect(await log.append(riskOf(name), 'streamExists', [two, more])).toMatchObject(conflict)
      expect(await log.append(riskOf(name), 0n, [one, two, more])).toMatchObject(conflict)
      expect(await log.append(riskOf(name), 'streamExists', [two, one])).toMatchObject(forbidden)
      expect(await log.append(riskOf(name), 2n, [more, two])).toMatchObject(forbidden)
      expect(await log.append(riskOf(name), 0n, [one, two])).toStrictEqual(E.right(written))
      expect(right(await log.read(riskOf(name), -1n)).length).toBe(3)
    })
    test('of many at one revision exactly one wins, each time', async () => {
      const [log, name] = [open(), fresh()]
      let expected: bigint | 'noStream' = 'noStream'
      for (let round = 0; round < 5; round += 1) {
        const answers = await Promise.all(
          Array.from({ length: 16 }, () =>
            log.append(accountNamed(name), expected, [deposit(name)]),
          ),
        )
        expect(answers.filter(E.isRight).length).toBe(1)
        expected = BigInt(round)
        const others = answers.filter(E.isLeft).map(({ left }) => left)
        expect(
          others.every((left) => left._tag === 'RevisionConflict' && left.actual === expected),
        ).toBe(true)
      }
    })
  })
}

const following = (open: () => EventLog, isDense: boolean): void => {
  /** A store with events of its own may have gone on. */
  const expectAt = (upTo: bigint, position: bigint): void => {
    if (isDense) expect(upTo).toBe(position)
    else expect(upTo).toBeGreaterThanOrEqual(position)
  }
  describe('following', () => {
    test('answers at the head at once, then waits for news, then tells its progress', async () => {
      const [log, name] = [open(), fresh()]
      const head = right(await log.head())
      const subscription = log.subscribeAll(head, { prefixes: ['risk-'] })
      try {
        const first = right(await subscription.next())
        expect(first).toMatchObject({ events: [], atHead: true })
        expectAt(first.upTo, head)
        const news = subscription.next()
        const engaged = killSwitch(name)
        const written = right(await log.append(riskOf(name), 'noStream', [engaged]))
        const heard = right(await news)
        expect(heard).toMatchObject({ events: [engaged], atHead: true })
        expectAt(heard.upTo, written.lastPosition)
        const progress = subscription.next()
        const passed = right(await log.append(accountNamed(name), 'noStream', [deposit(name)]))
        // Nothing of it passes the filter, and still the follower hears how far it is.
        const told = right(await progress)
        expect(told.events).toStrictEqual([])
        expectAt(told.upTo, passed.lastPosition)
      } finally {
        await subscription.close()
      }
    })
    test('hears of news at once', async () => {
      const [log, name] = [open(), fresh()]
      const subscription = log.subscribeAll(right(await log.head()), {})
      right(await subscription.next())
      const waits: number[] = []
      for (let round = 0; round < 5; round += 1) {
        const news = subscription.next()
        const appended = await log.append(accountNamed(`${name}_${String(round)}`), 'noStream', [
          deposit(name),
        ])
        const from = performance.now()
        right(appended)
        right(await news)
        waits.push(performance.now() - from)
      }
      // Without a sign it would be found after some hundred milliseconds, each time.
      expect(Math.min(...waits)).toBeLessThan(100)
      await subscription.close()
    })
    test('gives a long log in pages, in order, each event once', async () => {
      const [log, name] = [open(), fresh()]
      const head = right(await log.head())
      const batches = Array.from({ length: 12 }, () =>
        Array.from({ length: 200 }, () => deposit(name)),
      )
      let expected: bigint | 'noStream' = 'noStream'
      let end = head
      for (const [first, ...others] of batches) {
        if (first === undefined) throw new Error('an empty batch')
        const written: Appended = right(
          await log.append(accountNamed(name), expected, [first, ...others]),
        )
        expected = written.revision
        end = written.lastPosition
      }
      const follower = {
        filter: {},
        subscription: log.subscribeAll(head, {}),
        heard: [] as { readonly metadata: { readonly id: string } }[],
      }
      await catchUp({ ...follower, heard: follower.heard as never }, end)
      expect(follower.heard.map(({ metadata }) => metadata.id)).toStrictEqual(
        batches.flat().map(({ metadata }) => metadata.id),
      )
      expect(right(await log.read(accountNamed(name), -1n)).length).toBe(2400)
      await follower.subscription.close()
    })
    test('ends what waits when it is closed', async () => {
      const log = open()
      const subscription = log.subscribeAll(right(await log.head()), {})
      right(await subscription.next())
      const waiting = subscription.next()
      await subscription.close()
      expect(await waiting).toMatchObject(E.left({ _tag: 'StoreUnreachable' }))
    })
  })
}
