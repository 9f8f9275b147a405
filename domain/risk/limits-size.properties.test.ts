import { expect } from 'vitest'
import { eventBytesMax } from '#domain/kernel/proposal'
import { listBytesIn } from '#domain/risk/limits-size'
import { anyLimits } from '#domain/risk/testing/any-limits'
import { proposalId } from '#domain/risk/testing/control-words'
import { testLog } from '#domain/risk/testing/log'
import { main, noon } from '#domain/risk/testing/words'
import { encodeProposed } from '#schemas/stored'
import type { EventId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'
import { prop } from '#testing/prop'

const sizeOf = (limits: Limits): number => {
  const { data, metadata } = encodeProposed(
    testLog().append({
      type: 'RiskLimitsSet',
      book: main,
      proposalId: proposalId(1),
      rules: 4,
      basis: { count: Number.MAX_SAFE_INTEGER, eventId: proposalId(2) as string as EventId },
      at: noon,
      clock: noon,
      limits,
    }),
  )
  return data.length + metadata.length
}

/** The names of the lists, each with quotes, a colon, a comma and its brackets. */
const frames = Object.keys({
  maxOrderQuantity: 0,
  maxPosition: 0,
  maxStrategyCapital: 0,
  maxStrategyPositions: 0,
  tradingWindows: 0,
  overrides: 0,
} satisfies Partial<Record<keyof Limits, 0>>)
const isList = (name: string): boolean => frames.includes(name)

prop(
  'the lists in limits take no more than is said, and the rest has room beside as much as lists may take',
  anyLimits,
  (limits) => {
    const rest: Limits = Object.fromEntries(Object.entries(limits).filter(([key]) => !isList(key)))
    const named = Object.keys(limits).filter(isList)
    const framed = named.reduce((sum, key) => sum + key.length + 6, 0)
    expect(sizeOf(limits) - sizeOf(rest)).toBeLessThanOrEqual(listBytesIn(limits) + framed)
    expect(sizeOf(limits) - listBytesIn(limits)).toBeLessThan(eventBytesMax - 240_000)
  },
)
