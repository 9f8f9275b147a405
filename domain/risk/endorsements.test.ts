import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { derivation } from '#domain/risk/derive'
import { rulesOf } from '#domain/risk/rules'
import { isRulingDue, type Ruling, ruleOn } from '#domain/risk/ruling'
import {
  controlAsked,
  controlEndorsed,
  killSwitchId,
  limitsEndorsed,
  proposalId,
  proposed,
  releaseAsked,
  releaseEndorsed,
} from '#domain/risk/testing/control-words'
import { type Desk, deskOn } from '#domain/risk/testing/desk-of'
import { amount, bookOpened, engaged, later, main, noon } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { BookId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { BookControl, Limits } from '#schemas/values/trading'

const minute = 60_000
const day = 86_400_000
const more: Limits = { maxOrderNotional: amount('99999') }
const less: Limits = { maxOrderNotional: amount('100') }

const under = (control: BookControl): Desk => deskOn({ ...bookOpened(), control } as LedgerEvent)
const dual = (): Desk => under('dual')

const ruledOn = (desk: Desk, n: number, clock: Instant = noon, rules = 4): Ruling | undefined => {
  const held = desk.standing().holdings.proposals(main).get(proposalId(n))
  if (held === undefined) return undefined
  const ruling = ruleOn(desk.standing(), { held, clock }, rulesOf(rules))
  if (E.isLeft(ruling)) throw new Error(ruling.left._tag)
  return ruling.right[0]
}
const said = (desk: Desk, n: number, clock: Instant = noon): string => {
  const ruling = ruledOn(desk, n, clock)
  const isDue = isRulingDue(desk.standing(), clock, rulesOf(4) ?? never())
  // What is due holds up every order, and nothing else does.
  if (ruling === undefined) return isDue ? 'another' : 'waits'
  expect(isDue).toBe(true)
  return ruling.type === 'ControlRefused' ? ruling.reason.code : ruling.type
}
const never = (): never => {
  throw new Error('rules 4 are there')
}
const ruled = (desk: Desk, n: number, clock: Instant = noon): Desk => {
  const ruling = ruledOn(desk, n, clock)
  if (ruling === undefined) throw new Error(`request ${String(n)} waits`)
  return desk.given(ruling)
}

describe('under dual control', () => {
  test('what loosens waits for a second person, however long, and then for nothing', () => {
    const desk = dual().by('ann', proposed(1, more))
    expect(said(desk, 1, later(minute))).toBe('waits')
    expect(said(desk, 1, later(day))).toBe('waits')
    expect(said(desk.by('ben', limitsEndorsed(1)), 1, later(1))).toBe('RiskLimitsSet')
  })
  test('what tightens is set at once, by one person', () => {
    expect(said(dual().by('ann', proposed(1, less)), 1)).toBe('RiskLimitsSet')
  })
  test('what nobody endorses expires after a day, and endorsing it then is too late', () => {
    const desk = dual().by('ann', proposed(1, more)).by('ben', limitsEndorsed(1))
    expect(said(desk, 1, later(day))).toBe('RiskLimitsSet')
    expect(said(desk, 1, later(day + 0.001))).toBe('expired')
    expect(said(dual().by('ann', proposed(1, more)), 1, later(day + 0.001))).toBe('expired')
  })
  test('a later proposal on the same limit takes its place, endorsed or not', () => {
    const desk = dual().by('ann', proposed(1, more), proposed(2, more)).by('ben', limitsEndorsed(1))
    expect(said(desk, 1)).toBe('superseded')
    expect(said(ruled(desk, 1), 2)).toBe('waits')
  })
  test.each<[string, (desk: Desk) => Desk]>([
    ['by the same person, with whatever key', (desk) => desk.by('ann', limitsEndorsed(1))],
    ['by nobody', (desk) => desk.given(limitsEndorsed(1))],
    ['of another proposal', (desk) => desk.by('ben', limitsEndorsed(2))],
    ['in another book', (desk) => desk.by('ben', limitsEndorsed(1, 'other' as BookId))],
    ['of another kind', (desk) => desk.by('ben', releaseEndorsed(1), controlEndorsed(1))],
  ])('an endorsement %s changes nothing', (_, happen) => {
    const desk = dual().by('ann', proposed(1, more))
    expect(said(happen(desk), 1, later(minute))).toBe('waits')
    expect(said(desk.by('ben', limitsEndorsed(1)), 1)).toBe('RiskLimitsSet')
  })
  test('an endorsement before there is anything to endorse changes nothing', () => {
    const desk = dual().by('ben', limitsEndorsed(1)).by('ann', proposed(1, more))
    expect(said(desk, 1)).toBe('waits')
  })
  test('what nobody stands behind cannot be endorsed by one person', () => {
    const desk = dual().given(proposed(1, more)).by('ann', limitsEndorsed(1))
    expect(said(desk, 1, later(minute))).toBe('waits')
  })
  test('an endorsement of what was ruled on changes nothing', () => {
    const desk = ruled(dual().by('ann', proposed(1, more)).by('ben', limitsEndorsed(1)), 1)
    desk.by('cem', limitsEndorsed(1)).by('ann', proposed(1, more))
    expect([...desk.standing().holdings.proposals(main)]).toStrictEqual([])
  })
})

describe('a kill switch under dual control', () => {
  const killed = (): Desk => dual().by('kim', engaged(1, 'halt')).by('lou', engaged(2, 'reduce'))
  const released = (desk: Desk, n = 1) => ruledOn(desk, n)
  test('is released by two persons who did not engage it, at once', () => {
    const desk = killed().by('ann', releaseAsked(1, 1))
    expect(said(desk, 1, later(minute))).toBe('waits')
    expect(released(desk.by('ben', releaseEndorsed(1)))).toMatchObject({
      type: 'KillSwitchReleased',
      killSwitchIds: [killSwitchId(1)],
    })
  })
  test('is not released by whoever engaged it, as the first or as the second', () => {
    expect(said(killed().by('kim', releaseAsked(1, 1)).by('ben', releaseEndorsed(1)), 1)).toBe(
      'waits',
    )
    const asked = killed().by('ann', releaseAsked(1, 1)).by('kim', releaseEndorsed(1))
    expect(said(asked, 1, later(minute))).toBe('waits')
    expect(said(asked.by('ben', releaseEndorsed(1)), 1)).toBe('KillSwitchReleased')
  })
  test('is not released together with others by whoever engaged any of them', () => {
    const both = killed()
      .by('ann', releaseAsked(1, 1, 2))
      .by('lou', releaseEndorsed(1))
    expect(said(both, 1)).toBe('waits')
    expect(said(both.by('kim', releaseEndorsed(1)), 1)).toBe('waits')
    expect(said(both.by('ben', releaseEndorsed(1)), 1)).toBe('KillSwitchReleased')
  })
  test('that stands no longer keeps nobody from releasing the others', () => {
    const both = killed().by('ann', releaseAsked(1, 1, 2), releaseAsked(2, 2))
    both.by('lou', releaseEndorsed(1)).by('ben', releaseEndorsed(2))
    expect(said(both, 1)).toBe('another')
    expect(released(ruled(both, 2))).toMatchObject({ killSwitchIds: [killSwitchId(1)] })
  })
  test('that the guard engaged has no engager', () => {
    const desk = dual().given(engaged(1, 'reduce'))
    desk.by('ann', releaseAsked(1, 1)).by('ben', releaseEndorsed(1))
    expect(said(desk, 1)).toBe('KillSwitchReleased')
  })
  test('that is said again by another person is still of whoever engaged it', () => {
    const desk = killed().by('ben', engaged(1, 'halt')).by('ann', releaseAsked(1, 1))
    expect(said(desk.by('kim', releaseEndorsed(1)), 1)).toBe('waits')
    expect(said(desk.by('ben', releaseEndorsed(1)), 1)).toBe('KillSwitchReleased')
  })
})

describe('control itself', () => {
  test('goes from single to dual at once, by one person, and binds what comes next', () => {
    const desk = under('single').by('ann', controlAsked(1, 'dual'), proposed(2, more))
    expect(ruledOn(desk, 1)).toMatchObject({
      type: 'ControlChanged',
      control: 'dual',
      rules: 4,
      basis: { count: 2 },
    })
    expect(said(ruled(desk, 1), 2, later(minute))).toBe('waits')
  })
  test('goes back to single by two persons', () => {
    const desk = dual().by('ann', controlAsked(1, 'single'), proposed(2, more))
    expect(said(desk, 1, later(minute))).toBe('waits')
    ruled(desk.by('ben', controlEndorsed(1)), 1)
    expect(desk.standing().desk.opened()?.control).toBe('single')
    // What was proposed under dual control now waits its time.
    expect(said(desk, 2, later(minute - 1))).toBe('waits')
    expect(said(desk, 2, later(minute))).toBe('RiskLimitsSet')
  })
  test('that is what it is already is refused at once', () => {
    expect(ruledOn(dual().by('ann', controlAsked(1, 'dual')), 1)).toMatchObject({
      reason: { code: 'controlUnchanged', message: 'The book is under dual control already.' },
    })
    expect(said(under('single').by('ann', controlAsked(1, 'single')), 1)).toBe('controlUnchanged')
    const twice = dual().by('ann', controlAsked(1, 'single'), controlAsked(2, 'single'))
    ruled(twice.by('ben', controlEndorsed(1)), 1)
    expect(said(twice, 2)).toBe('controlUnchanged')
  })
  test('decides for what was proposed under single control and endorsed since', () => {
    const desk = under('single').by('ann', proposed(1, more)).by('cem', controlAsked(2, 'dual'))
    ruled(desk, 2)
    expect(said(desk, 1, later(minute))).toBe('waits')
    expect(said(desk.by('ben', limitsEndorsed(1)), 1, later(2))).toBe('RiskLimitsSet')
  })
  test('that was entered and withdrawn is as it was, with those who endorsed', () => {
    const desk = under('single').by('ann', controlAsked(1, 'dual'), proposed(2, more))
    const ruling = ruledOn(desk, 1)
    if (ruling === undefined) throw new Error('it is due')
    desk.by('ben', limitsEndorsed(2)).standing().enter(ruling)
    expect(said(desk, 2)).toBe('RiskLimitsSet')
    desk.standing().withdraw()
    expect([said(desk, 1), said(desk, 2)]).toStrictEqual(['ControlChanged', 'another'])
  })
  test('under single control endorsing shortens nothing', () => {
    const desk = under('single').by('ann', proposed(1, more)).by('ben', limitsEndorsed(1))
    expect(said(desk, 1, later(minute - 1))).toBe('waits')
    expect(said(desk, 1, later(minute))).toBe('RiskLimitsSet')
  })
})

describe('what two persons did', () => {
  const story = (): Desk => {
    const desk = dual().by('kim', engaged(1, 'halt')).by('ann', proposed(1, more))
    ruled(desk.by('ben', limitsEndorsed(1)), 1)
    ruled(desk.by('ann', releaseAsked(2, 1)).by('ben', releaseEndorsed(2)), 2)
    return ruled(desk.by('ann', controlAsked(3, 'single')).by('ben', controlEndorsed(3)), 3)
  }
  const verdicts = (leaveOut: (index: number, of: Desk) => boolean): readonly string[] => {
    const { apply } = derivation(main)
    const desk = story()
    return desk.log.events.flatMap((recorded, index) => {
      const { metadata } = recorded
      const actor = leaveOut(index, desk) ? { app: 'test' } : metadata.actor
      return apply({ ...recorded, metadata: { ...metadata, actor } })?.verdict._tag ?? []
    })
  }
  test('is derived again', () => {
    expect(verdicts(() => false)).toStrictEqual(['Same', 'Same', 'Same'])
  })
  test('does not follow once the second person is gone', () => {
    const isEndorsement = (index: number, { log }: Desk): boolean =>
      log.events[index]?.event.type.endsWith('Endorsed') ?? false
    expect(verdicts(isEndorsement)).toStrictEqual([
      'NothingToDecide',
      'NothingToDecide',
      'NothingToDecide',
    ])
  })
  test('was refused outright by earlier rules', () => {
    const desk = dual().by('ann', proposed(1, more)).by('ben', limitsEndorsed(1))
    expect(ruledOn(desk, 1, noon, 3)).toMatchObject({
      rules: 3,
      reason: {
        code: 'secondPersonNeeded',
        message:
          'It loosens maxOrderNotional, and the book is under dual control: a second person has to agree.',
      },
    })
  })
})
