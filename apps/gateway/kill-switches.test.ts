/** What one more kill switch costs the gateway, however many stand already: anybody may engage one. */
import { expect, test } from 'vitest'
import { View } from '#apps/gateway/view'
import { killSwitchId } from '#domain/risk/testing/control-words'
import { type TestLog, testLog } from '#domain/risk/testing/log'
import {
  accepted,
  engaged,
  intent,
  later,
  main,
  markAt,
  noon,
  orderId,
  paper,
  submitted,
  terms,
} from '#domain/risk/testing/words'
import type { StrategyId } from '#schemas/values/ids'
import type { Scope } from '#schemas/values/trading'

const orders = 300
const switches = 200

const approved = (n: number) =>
  ({
    type: 'OrderApproved',
    orderId: orderId(n),
    book: main,
    rules: 3,
    basis: { count: 1 },
    at: noon,
    clock: noon,
    terms: terms(),
    reducing: false,
    expiresAt: later(5000),
    checks: [],
    mark: markAt('65000'),
  }) as const

/** Open orders, each of which a kill switch of the whole book forbids. */
const withOpenOrders = (): { readonly log: TestLog; readonly view: View } => {
  const log = testLog()
  const view = new View(paper, () => 0)
  for (let n = 1; n <= orders; n += 1) {
    for (const event of [intent(n), approved(n), submitted(n), accepted(n)])
      view.apply(log.append(event))
  }
  return { log, view }
}
const medianOf = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0

test('given open orders that many kill switches forbid, when one more is engaged, then it costs hardly more than the first', () => {
  const { log, view } = withOpenOrders()
  const costsMs = Array.from({ length: switches }, (_, n) => {
    const recorded = log.append(engaged(n + 1, 'halt'))
    const began = performance.now()
    expect(view.apply(recorded)).toHaveLength(orders)
    return performance.now() - began
  })
  expect(medianOf(costsMs.slice(-20))).toBeLessThan(10 + 20 * medianOf(costsMs.slice(1, 4)))
})

test('given kill switches that forbid none of the open orders, when one more is engaged, then no other is looked at', () => {
  const { log, view } = withOpenOrders()
  const looked = new Map<number, number>()
  const counted = (n: number): Scope => ({
    get strategy() {
      looked.set(n, (looked.get(n) ?? 0) + 1)
      return 'another' as StrategyId
    },
  })
  for (let n = 1; n <= switches; n += 1) {
    const recorded = log.append(engaged(n, 'halt'))
    const event = { ...recorded.event, killSwitchId: killSwitchId(n), scope: counted(n) }
    expect(view.apply({ ...recorded, event } as typeof recorded)).toStrictEqual([])
  }
  expect(Math.max(...looked.values())).toBeLessThanOrEqual(2 * orders)
})
