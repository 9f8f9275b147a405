import { describe, expect, test } from 'vitest'
import { type KillSwitch, type KillSwitchFold, killSwitchFold } from '#domain/order/kill-switch'
import { uuidOf } from '#domain/testing/fixed'
import type { KillSwitchId } from '#schemas/values/ids'

const id = (n: number) => uuidOf<KillSwitchId>(n)
const halt = (n: number): KillSwitch => ({ killSwitchId: id(n), scope: {}, mode: 'halt' })
type Step = (all: KillSwitchFold) => (() => void) | undefined
const engaged =
  (n: number): Step =>
  (all) =>
    all.engage(halt(n))
const released =
  (...ns: readonly number[]): Step =>
  (all) =>
    all.release(ns.map(id))
const fold = (...steps: readonly Step[]): KillSwitchFold => {
  const all = killSwitchFold()
  for (const step of steps) step(all)
  return all
}
const listed = (all: KillSwitchFold): readonly string[] =>
  all.standing().map(({ killSwitchId }) => killSwitchId)
const after = (...steps: readonly Step[]): readonly string[] => listed(fold(...steps))

describe('kill switches', () => {
  test('stand until they are released, each by itself', () => {
    expect(after(engaged(1), engaged(2), engaged(3), released(1, 3))).toStrictEqual([id(2)])
  })
  test('that are said again stand once', () => {
    expect(after(engaged(1), engaged(1))).toStrictEqual([id(1)])
  })
  test('that were released are not engaged by a retry, and others are', () => {
    expect(after(engaged(1), released(1), engaged(1), engaged(2))).toStrictEqual([id(2)])
  })
  test('that are released before they were engaged do stand then', () => {
    expect(after(released(1), engaged(1))).toStrictEqual([id(1)])
  })
  test('stand again in their order when what was done is taken back, the last first', () => {
    const all = fold(engaged(1), engaged(2), engaged(3))
    expect(listed(all)).toStrictEqual([id(1), id(2), id(3)])
    const undo = [released(2, 1, 9), engaged(4), engaged(4), released(3)].map((step) => step(all))
    expect(listed(all)).toStrictEqual([id(4)])
    expect([1, 3, 4].map((n) => all.stands(id(n)))).toStrictEqual([false, false, true])
    for (const each of undo.toReversed()) each?.()
    expect(listed(all)).toStrictEqual([id(1), id(2), id(3)])
    expect([1, 4].map((n) => all.knows(id(n)))).toStrictEqual([true, false])
  })
  test('cost what they name, however many are known', () => {
    const many = 300_000
    const all = killSwitchFold()
    for (let n = 0; n < many; n += 1) all.engage(halt(n))?.()
    for (let n = 0; n < many; n += 1) all.engage(halt(n))
    for (let n = 1; n < many; n += 1) all.release([id(n)])
    expect(listed(all)).toStrictEqual([id(0)])
  })
})
