import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { anyLog } from '#apps/api/testing/order-logs'
import { type Step, World } from '#apps/api/testing/stream-world'
import { rowAfter } from '#projections/fold'
import { type OrderRow, orders, orderView } from '#projections/orders'
import { StreamQuery } from '#schemas/api/stream'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderId } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'
import { entryOf } from './show-order.ts'
import { passes } from './stream-batches.ts'
import { toldOf } from './stream-table.ts'

const filters = ['', 'account=main', 'account=desk_1', 'types=order', 'types=order.filled,funds']
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 25 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hear' as const),
      pageEvents: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('connect' as const),
      from: fc.oneof(fc.constant('now' as const), fc.nat({ max: 80 })),
      filter: fc.constantFrom(...filters),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('room' as const),
      client: fc.nat({ max: 5 }),
      sends: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cut' as const), client: fc.nat({ max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'fail' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      turns: fc.integer({ min: 1, max: 4 }),
    }),
  },
)

/** What a client must see, from a fold of everything from the beginning. */
const expectedOf = (
  events: readonly RecordedEvent[],
  { start: after = 0n, filter }: { readonly start: bigint | undefined; readonly filter: string },
): readonly string[] => {
  const rows = new Map<OrderId, OrderRow>()
  const query = StreamQuery.decode(Object.fromEntries(new URLSearchParams(filter)))
  if (E.isLeft(query)) throw new Error(filter)
  return events.flatMap((recorded) => {
    const { event, position } = recorded
    const id = 'orderId' in event ? event.orderId : undefined
    const row = id === undefined ? undefined : rowAfter(orders, [recorded], rows.get(id))
    if (row !== undefined) rows.set(row.id, row)
    const told = toldOf(event.type)
    if (told.shows === 'nothing' || position <= after) return []
    if (told.shows === 'order' && row === undefined) return []
    const [type, data, named] =
      told.shows === 'itself'
        ? [told.type, told.data(recorded), 'account' in event ? event.account : undefined]
        : row === undefined
          ? []
          : [
              typeof told.type === 'string' ? told.type : told.type(row),
              orderView(row),
              row.account,
            ]
    if (type === undefined) return []
    const frame = { position, type, account: named, bytes: new Uint8Array() }
    const text = JSON.stringify({
      type,
      logPosition: position.toString(),
      data,
      event: entryOf(recorded),
    })
    return passes(query.right, frame) ? [text] : []
  })
}

describe('whatever happens to the lines', () => {
  prop(
    'each client sees what is after its position and passes its filter, in order, once, and the same as all others',
    fc.tuple(anyLog, fc.array(anyStep, { minLength: 5, maxLength: 40 })),
    async ([story, steps]) => {
      const world = new World(story)
      for (const step of steps) await world.take(step)
      const events = await world.settle(expectedOf)
      for (const client of world.clients) {
        expect(client.socket?.ended).toBeUndefined()
        expect(client.all()).toStrictEqual(expectedOf(events, client))
      }
      await world.close()
    },
    { numRuns: 120 },
  )
})
