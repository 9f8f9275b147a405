import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { systemIds } from '#adapters/system/ids'
import { defaultLimits } from '#apps/api/fresh-ledger'
import { type Furniture, furnish } from '#apps/api/furnish'
import { fixedClock } from '#domain/testing/fixed'
import { enveloper } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { KeyId, Sha256 } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const keyOf = (n: number) => ({
  keyId: `key0000${String(n)}` as KeyId,
  secretHash: String(n).repeat(64) as Sha256,
})
const run = async (log: EventLog, furniture: Furniture = 'whole', n = 1) =>
  furnish(
    { furniture, key: keyOf(n), limits: async () => defaultLimits },
    {
      log,
      envelop: enveloper('api', systemIds, fixedClock()),
      ids: systemIds,
      stopping: new AbortController().signal,
      onWaiting: () => undefined,
    },
  )
const typesIn = async (log: EventLog): Promise<readonly string[]> => {
  const page = await log.readAll(0n, {}, 1000)
  return E.isRight(page) ? page.right.events.map(({ event }) => event.type) : []
}
const whole = ['PersonAdmitted', 'ApiKeyIssued', 'BookOpened', 'AccountOpened', 'FundsDeposited']

describe('a fresh ledger', () => {
  test('has a person with a key, a book, an account and money', async () => {
    const log = memoryEventLog()
    expect(await run(log)).toStrictEqual(E.right({ keyIsOurs: true }))
    expect(await typesIn(log)).toStrictEqual(whole)
    const page = await log.readAll(0n, {}, 10)
    if (E.isLeft(page)) throw new Error(page.left.detail)
    for (const { metadata } of page.right.events) {
      expect(metadata.actor).toStrictEqual({ app: 'api', person: 'daybook' })
    }
  })
  test('may be bare', async () => {
    const log = memoryEventLog()
    await run(log, 'bare')
    expect(await typesIn(log)).toStrictEqual(['PersonAdmitted', 'ApiKeyIssued'])
  })
  test('that was begun bare stays bare', async () => {
    const log = memoryEventLog()
    await run(log, 'bare')
    await run(log, 'whole')
    expect(await typesIn(log)).toHaveLength(2)
  })
  test('says when a later key is not its own', async () => {
    const log = memoryEventLog()
    await run(log, 'whole', 1)
    expect(await run(log, 'whole', 2)).toStrictEqual(E.right({ keyIsOurs: false }))
    expect(await typesIn(log)).toStrictEqual(whole)
  })
  test('asks for limits only when it opens the book', async () => {
    const log = memoryEventLog()
    let asked = 0
    const settings = {
      furniture: 'whole' as const,
      key: keyOf(1),
      limits: async () => {
        asked += 1
        return { ...defaultLimits, maxOpenOrders: 7 }
      },
    }
    const means = {
      log,
      envelop: enveloper('api', systemIds, fixedClock()),
      ids: systemIds,
      stopping: new AbortController().signal,
      onWaiting: () => undefined,
    }
    await furnish(settings, means)
    await furnish(settings, means)
    expect(asked).toBe(1)
    const page = await log.readAll(0n, { types: ['BookOpened'] }, 10)
    expect(E.isRight(page) && page.right.events[0]?.event).toMatchObject({
      limits: { maxOpenOrders: 7 },
    })
  })
})

/** What a crash, a lost answer or a lost request does to the n-th append. */
const fault = fc.constantFrom('none', 'lostRequest', 'lostAnswer', 'crash')
const unreliable = (log: EventLog, faults: string[]): EventLog => ({
  ...log,
  append: async (...wanted) => {
    const now = faults.shift()
    if (now === 'crash') throw new Error('crash')
    if (now === 'lostRequest') return E.left({ _tag: 'StoreUnreachable', detail: 'lost' })
    const appended = await log.append(...wanted)
    return now === 'lostAnswer' ? E.left({ _tag: 'StoreUnreachable', detail: 'lost' }) : appended
  },
})

prop(
  'whatever happens on the way, and however many begin it, it is furnished once and whole',
  fc.array(fc.array(fault, { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  async (processes) => {
    const log = memoryEventLog()
    await Promise.all(
      processes.map((faults, n) =>
        run(unreliable(log, [...faults]), 'whole', n + 1).catch(() => undefined),
      ),
    )
    // The one that is started again after all crashes.
    expect(E.isRight(await run(log))).toBe(true)
    expect((await typesIn(log)).toSorted()).toStrictEqual(whole.toSorted())
  },
  { numRuns: 30 },
)
