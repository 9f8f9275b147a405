import { describe, expect, test } from 'vitest'
import {
  type KillSwitch,
  type KillSwitches,
  noKillSwitches,
  withEngaged,
  withoutReleased,
} from '#domain/order/kill-switch'
import { uuidOf } from '#domain/testing/fixed'
import type { KillSwitchId } from '#schemas/values/ids'

const id = (n: number) => uuidOf<KillSwitchId>(n)
const halt = (n: number): KillSwitch => ({ killSwitchId: id(n), scope: {}, mode: 'halt' })
const after = (...steps: readonly ((all: KillSwitches) => KillSwitches)[]): readonly string[] =>
  steps
    .reduce<KillSwitches>((all, step) => step(all), noKillSwitches)
    .standing.map(({ killSwitchId }) => killSwitchId)
const engaged = (n: number) => (all: KillSwitches) => withEngaged(all, halt(n))
const released =
  (...ns: readonly number[]) =>
  (all: KillSwitches) =>
    withoutReleased(all, ns.map(id))

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
})
