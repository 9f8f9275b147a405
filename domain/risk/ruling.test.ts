import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decide } from '#domain/risk/decide'
import { derivation } from '#domain/risk/derive'
import { type Ruling, ruleOn } from '#domain/risk/ruling'
import { type Desk, deskOn, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  killSwitchId,
  proposalId,
  proposed,
  releaseAsked,
} from '#domain/risk/testing/control-words'
import {
  amount,
  bookOpened,
  deposited,
  engaged,
  later,
  limits,
  main,
  markAt,
  marksTaken,
  noon,
  quantity,
  ratio,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Instant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'

const minute = 60_000
const day = 86_400_000
const less: Limits = { maxOrderNotional: amount('100') }
const more: Limits = { maxOrderNotional: amount('99999') }

/** What is made of the n-th request at a time; undefined: it waits, or is not there. */
const ruledOn = (desk: Desk, n: number, clock: Instant): Ruling | undefined => {
  const held = desk.standing().holdings.proposals(main).get(proposalId(n))
  if (held === undefined) return undefined
  const ruling = ruleOn(desk.standing(), { held, clock })
  if (E.isLeft(ruling)) throw new Error(ruling.left._tag)
  return ruling.right[0]
}
/** The same, put on the log. */
const ruled = (desk: Desk, n: number, clock: Instant): Desk => {
  const ruling = ruledOn(desk, n, clock)
  if (ruling === undefined) throw new Error(`request ${String(n)} waits`)
  return desk.given(ruling)
}
const saidOf = (ruling: Ruling | undefined): string => {
  if (ruling === undefined) return 'waits'
  return ruling.type === 'ControlRefused' ? ruling.reason.code : ruling.type
}
const limitsIn = (desk: Desk): Limits => desk.standing().desk.opened()?.limits ?? {}
const standingIn = (desk: Desk): readonly string[] =>
  desk
    .standing()
    .desk.killSwitches()
    .map(({ killSwitchId: id }) => id)

describe('limits that tighten', () => {
  test('are set at once, merged by name, and say by what and when', () => {
    const desk = openDesk({}, proposed(1, less))
    expect(ruledOn(desk, 1, noon)).toMatchObject({
      type: 'RiskLimitsSet',
      book: main,
      proposalId: proposalId(1),
      rules: 4,
      basis: { count: 6 },
      at: noon,
      clock: noon,
      limits: limits(less),
    })
    expect(limitsIn(ruled(desk, 1, noon))).toStrictEqual(limits(less))
  })
  test('bind the next order', () => {
    const desk = openDesk({}, proposed(1, less))
    expect(outcomeOf(ruled(desk, 1, noon).decides())).toBe('orderNotional')
  })
  test('are set however late: nothing was approved since', () => {
    expect(saidOf(ruledOn(openDesk({}, proposed(1, less)), 1, later(2 * day)))).toBe(
      'RiskLimitsSet',
    )
  })
})

describe('limits that loosen', () => {
  const desk = () => openDesk({}, proposed(1, more))
  test('wait for a minute, to the microsecond', () => {
    expect(saidOf(ruledOn(desk(), 1, later(minute - 0.001)))).toBe('waits')
    expect(saidOf(ruledOn(desk(), 1, later(minute)))).toBe('RiskLimitsSet')
  })
  test('wait as a whole, whatever they tighten besides', () => {
    const both = openDesk({}, proposed(1, { ...more, maxOpenOrders: 1 }))
    expect(saidOf(ruledOn(both, 1, noon))).toBe('waits')
    expect(limitsIn(ruled(both, 1, later(minute)))).toStrictEqual(
      limits({ ...more, maxOpenOrders: 1 }),
    )
  })
  test('wait by the clock, also where the time of decisions had run ahead', () => {
    const ahead = desk().given(marksTaken(later(2 * minute)))
    expect(saidOf(ruledOn(ahead, 1, later(minute - 1)))).toBe('waits')
    expect(ruledOn(ahead, 1, later(minute))).toMatchObject({ at: later(2 * minute) })
  })
  test('may be set for a day', () => {
    expect(saidOf(ruledOn(desk(), 1, later(day)))).toBe('RiskLimitsSet')
    expect(ruledOn(desk(), 1, later(day + 1))).toMatchObject({
      type: 'ControlRefused',
      reason: {
        code: 'expired',
        message:
          'It could take effect until 2026-01-06T12:00:00Z, and it was 2026-01-06T12:00:00.001Z: ask for it again.',
      },
    })
  })
  test('are judged by the limits in force when they are ruled on', () => {
    const waiting = openDesk(
      {},
      proposed(1, { maxOpenOrders: 300 }),
      proposed(2, { maxOrdersPerHour: 9000 }),
    )
    ruled(waiting, 1, later(minute))
    expect(limitsIn(ruled(waiting, 2, later(minute)))).toStrictEqual(
      limits({ maxOpenOrders: 300, maxOrdersPerHour: 9000 }),
    )
  })
})

describe('the last word counts', () => {
  test('what loosens is superseded by a later one that names the same limit', () => {
    const desk = openDesk({}, proposed(1, { ...more, maxOpenOrders: 300 }), proposed(2, less))
    expect(ruledOn(desk, 1, noon)).toMatchObject({
      reason: {
        code: 'superseded',
        message: `Proposal ${proposalId(2)} came later and names maxOrderNotional too: propose again what is still wanted of the rest.`,
      },
    })
    ruled(ruled(desk, 1, noon), 2, noon)
    expect(limitsIn(desk)).toStrictEqual(limits(less))
  })
  test('what tightens is set all the same, and what loosens it again waits its time', () => {
    const desk = openDesk({}, proposed(1, { ...less, maxOpenOrders: 1 }), proposed(2, more))
    ruled(desk, 1, noon)
    expect(limitsIn(desk)).toStrictEqual(limits({ ...less, maxOpenOrders: 1 }))
    expect(saidOf(ruledOn(desk, 2, later(minute - 1)))).toBe('waits')
    expect(outcomeOf(desk.decides())).toBe('orderNotional')
    expect(limitsIn(ruled(desk, 2, later(minute)))).toStrictEqual(
      limits({ ...more, maxOpenOrders: 1 }),
    )
  })
  test('what tightens is set under dual control too, where what came later waits', () => {
    const dual = { ...bookOpened(), control: 'dual' } as LedgerEvent
    const desk = deskOn(dual, proposed(1, less), proposed(2, more))
    expect(limitsIn(ruled(desk, 1, noon))).toStrictEqual(limits(less))
    expect(saidOf(ruledOn(desk, 2, later(minute)))).toBe('waits')
  })
  test('so that one is taken back by proposing what is in force', () => {
    const inForce = { maxOrderNotional: amount('50000') }
    const desk = openDesk({}, proposed(1, more), proposed(2, inForce))
    expect(saidOf(ruledOn(desk, 1, later(minute)))).toBe('superseded')
    expect(saidOf(ruledOn(desk, 2, later(1)))).toBe('RiskLimitsSet')
  })
  test('what names other limits, or could not be set, leaves it alone', () => {
    const elsewhere = openDesk({}, proposed(1, more), proposed(2, { maxOpenOrders: 1 }))
    expect(saidOf(ruledOn(elsewhere, 1, later(minute)))).toBe('RiskLimitsSet')
    const invalid = openDesk({}, proposed(1, more), proposed(2, { maxOrderNotional: amount('-1') }))
    expect(saidOf(ruledOn(invalid, 1, later(minute)))).toBe('RiskLimitsSet')
  })
  test('limits that nobody could keep to are refused', () => {
    const desk = openDesk(
      {},
      proposed(1, { maxPosition: { BTCUSDT: quantity('1') } }),
      proposed(2, { priceCollar: ratio('-0.1') }),
      proposed(3, {}),
    )
    expect([1, 2, 3].map((n) => saidOf(ruledOn(desk, n, noon)))).toStrictEqual([
      'limitsInvalid',
      'limitsInvalid',
      'limitsInvalid',
    ])
    expect(ruledOn(desk, 2, noon)).toMatchObject({
      reason: { message: 'priceCollar must not be below 0: propose it again.' },
    })
  })
})

describe('a release', () => {
  const killed = (...more: readonly LedgerEvent[]): Desk =>
    openDesk({}, engaged(1, 'halt'), engaged(2, 'reduce'), ...more)
  test('waits for a minute, and frees what it names and nothing else', () => {
    const desk = killed(releaseAsked(1, 1))
    expect(saidOf(ruledOn(desk, 1, later(minute - 1)))).toBe('waits')
    ruled(desk, 1, later(minute))
    expect(standingIn(desk)).toStrictEqual([killSwitchId(2)])
  })
  test('does not free what was engaged since', () => {
    const desk = killed(releaseAsked(1, 1, 2), engaged(3, 'reduce'))
    ruled(desk, 1, later(minute))
    expect(standingIn(desk)).toStrictEqual([killSwitchId(3)])
    expect(outcomeOf(desk.decides())).toBe('killSwitch')
  })
  test('frees what still stands of what it names', () => {
    const desk = killed(releaseAsked(1, 1), releaseAsked(2, 1, 2))
    ruled(desk, 1, later(minute))
    expect(ruledOn(desk, 2, later(minute))).toMatchObject({ killSwitchIds: [killSwitchId(2)] })
  })
  test('of nothing is refused at once', () => {
    const desk = killed(releaseAsked(1, 1, 2), releaseAsked(2, 1, 2), releaseAsked(3))
    ruled(desk, 1, later(minute))
    expect(ruledOn(desk, 2, later(minute))).toMatchObject({
      reason: {
        code: 'nothingToRelease',
        message: 'None of the kill switches that it names stands any more.',
      },
    })
    expect(saidOf(ruledOn(desk, 3, noon))).toBe('nothingToRelease')
    expect(saidOf(ruledOn(killed(releaseAsked(1, 9)), 1, noon))).toBe('unknownKillSwitch')
    expect(saidOf(ruledOn(killed(releaseAsked(1, 9, 1)), 1, noon))).toBe('waits')
  })
  test('that was engaged again by a retry does not stand', () => {
    const desk = ruled(killed(releaseAsked(1, 1, 2)), 1, later(minute)).given(engaged(1, 'halt'))
    expect(standingIn(desk)).toStrictEqual([])
  })
  test('expires after a day', () => {
    expect(saidOf(ruledOn(killed(releaseAsked(1, 1)), 1, later(day + 1)))).toBe('expired')
  })
})

describe('a request', () => {
  test('is ruled on once, also where it is recorded twice', () => {
    const desk = openDesk({}, proposed(1, less))
    ruled(desk, 1, noon).given(proposed(1, less))
    expect([...desk.standing().holdings.proposals(main)]).toStrictEqual([])
  })
  test('comes before any order that is decided when it is due', () => {
    const desk = openDesk({}, proposed(1, more))
    expect(outcomeOf(desk.decides({ decideBy: later(day) }))).toBe('approved')
    const [order] = [...desk.standing().waiting()]
    if (order === undefined) throw new Error('an order waits')
    const question = { intent: order.intent.event, mark: markAt('65000'), clock: later(minute) }
    expect(decide(desk.standing(), question)).toStrictEqual(E.left({ _tag: 'RulingDue' }))
    ruled(desk, 1, later(minute))
    expect(E.isRight(decide(desk.standing(), question))).toBe(true)
  })
  test('that was entered and withdrawn is as if nobody had ruled on it', () => {
    const desk = openDesk({}, engaged(1, 'halt'), proposed(1, less), releaseAsked(2, 1))
    const standing = desk.standing()
    for (const n of [1, 2]) {
      const ruling = ruledOn(desk, n, later(minute))
      if (ruling === undefined) throw new Error('it is due')
      standing.enter(ruling)
      expect(ruledOn(desk, n, later(minute))).toBeUndefined()
    }
    expect([limitsIn(desk), standingIn(desk)]).toStrictEqual([limits(less), []])
    standing.withdraw()
    expect([limitsIn(desk), standingIn(desk)]).toStrictEqual([limits(), [killSwitchId(1)]])
    expect(saidOf(ruledOn(desk, 1, noon))).toBe('RiskLimitsSet')
  })
})

describe('a ruling derived again', () => {
  const story = openDesk({}, proposed(1, more), engaged(1, 'halt'), releaseAsked(2, 1))
  ruled(ruled(story, 1, later(minute)), 2, later(minute))
  story.given(deposited('1'), proposed(3, less))
  ruled(story, 3, later(minute))
  const verdicts = (change: (event: LedgerEvent) => LedgerEvent): readonly unknown[] => {
    const { apply } = derivation(main)
    return story.log.events.flatMap(
      (recorded) => apply({ ...recorded, event: change(recorded.event) })?.verdict ?? [],
    )
  }
  const same = { _tag: 'Same' }
  test('is the same', () => {
    expect(verdicts((event) => event)).toStrictEqual([same, same, same])
  })
  test('is not the same at another time, with other limits, or by other rules', () => {
    const altered = (change: object) =>
      verdicts((event) => (event.type === 'RiskLimitsSet' ? { ...event, ...change } : event))[0]
    expect(altered({ clock: later(minute - 1) })).toStrictEqual({ _tag: 'NothingToDecide' })
    expect(altered({ limits: limits() })).toMatchObject({ _tag: 'Different', fields: ['limits'] })
    expect(altered({ rules: 1 })).toStrictEqual({ _tag: 'NothingToDecide' })
    expect(altered({ rules: 99 })).toStrictEqual({ _tag: 'OtherRules', rules: 99 })
    expect(altered({ proposalId: proposalId(9) })).toStrictEqual({ _tag: 'NothingToDecide' })
    expect(altered({ basis: { count: 4 } })).toMatchObject({ _tag: 'OtherBasis' })
  })
})
