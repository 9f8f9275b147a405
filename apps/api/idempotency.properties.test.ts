/** I24: the same key and body have one effect and one answer, whatever the log and the network do in between. */
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { type Ledger, openLedger } from '#apps/api/testing/ledger'
import { idOf, list } from '#apps/api/testing/with-ledger'
import type { EventLog } from '#domain/kernel/event-log'
import { encodeProposed } from '#schemas/stored'
import { fc, prop } from '#testing/prop'

/** What a log that is far away may do to one append. */
type Weather = 'fine' | 'lostRequest' | 'lostAnswer'
const weather: fc.Arbitrary<Weather> = fc.constantFrom('fine', 'fine', 'lostRequest', 'lostAnswer')

/** Every event that was ever proposed, by its id: the same id must stand for the same bytes. */
const proposals = () => {
  const byId = new Map<string, string>()
  return {
    note: (events: Parameters<EventLog['append']>[2]) => {
      for (const proposed of events) {
        const { id, data, metadata } = encodeProposed(proposed)
        const bytes = `${data} ${metadata}`
        expect(byId.get(id) ?? bytes).toBe(bytes)
        byId.set(id, bytes)
      }
    },
  }
}

const far = (
  log: EventLog,
  skies: Weather[],
  note: ReturnType<typeof proposals>['note'],
): EventLog => ({
  ...log,
  append: async (stream, expected, events) => {
    note(events)
    const now = skies.shift() ?? 'fine'
    if (now === 'lostRequest') return E.left({ _tag: 'StoreUnreachable', detail: 'no answer' })
    const appended = await log.append(stream, expected, events)
    return now === 'lostAnswer' && E.isRight(appended)
      ? E.left({ _tag: 'StoreUnreachable', detail: 'no answer' })
      : appended
  },
})

const bodies = [
  { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '1' },
  { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '2' },
  { symbol: 'BTC/USDT', side: 'sell', type: 'limit', quantity: '1', limitPrice: '7' },
]
const request = fc.record({
  process: fc.nat(1),
  key: fc.constantFrom('a', 'b'),
  body: fc.nat(bodies.length - 1),
})
/** Requests that are under way together, and then the next. */
const rounds = fc.array(fc.array(request, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 5,
})

prop(
  'two processes, keys used again and at once, requests and answers lost: one order for each key',
  fc.tuple(rounds, fc.array(weather, { maxLength: 12 })),
  async ([asked, coming]) => {
    const log = memoryEventLog()
    const { note } = proposals()
    const skies: Weather[] = []
    const opened: Ledger[] = []
    try {
      const first = await openLedger({ log: far(log, skies, note) })
      opened.push(first)
      await ready(first)
      await list(first, 'BTC/USDT')
      const second = await openLedger({ log: far(log, skies, note) })
      opened.push(second)
      await ready(second)
      const processes = [0, 1].map((n) => opened[n] as Ledger)
      skies.push(...coming)
      const answers = new Map<string, { readonly body: number; readonly text: string }>()
      for (const round of asked) {
        const told = await Promise.all(
          round.map(async ({ process, key, body }) => ({
            key,
            body,
            told: await (processes[process] as Ledger).place(bodies[body], key),
          })),
        )
        for (const { key, body, told: one } of told) {
          if (one.status === 201) {
            const earlier = answers.get(key)
            // Whoever was first, every later answer with this key is about that order and that body.
            expect(earlier ?? { body, text: one.text }).toStrictEqual({ body, text: one.text })
            answers.set(key, { body, text: one.text })
          } else {
            expect([one.status, one.body['code']]).toStrictEqual([422, 'idempotencyKeyReused'])
          }
        }
        for (const { key } of told) expect(answers.has(key)).toBe(true)
      }
      const intents = (await first.events()).filter(
        ({ event }) => event.type === 'OrderIntentRecorded',
      )
      expect(
        intents.map(({ event }) => (event as { orderId: string }).orderId).toSorted(),
      ).toStrictEqual(
        [...answers.values()]
          .map(({ text }) => idOf({ body: JSON.parse(text) as Record<string, unknown> }))
          .toSorted(),
      )
    } finally {
      for (const ledger of opened) await ledger.close()
    }
  },
  { numRuns: 25 },
)

const ready = async (ledger: Ledger): Promise<void> => {
  while (!ledger.knowledge.isComplete()) await new Promise((resolve) => setImmediate(resolve))
  await ledger.caughtUp()
}
