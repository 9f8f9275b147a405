/** Orders of which nobody said what became of them, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, Stage } from '#apps/gateway/testing/stage'
import type { OrderId } from '#schemas/values/ids'

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  await stage.furnish()
})
afterEach(() => {
  stage.noDefects()
})

describe('an unknown outcome', () => {
  const silentlyLost = async (): Promise<OrderId> => {
    stage.venue.script = () => ({ effect: 'lost', answer: 'silence' })
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    return order
  }
  test('of an order that proves absent ends as refused, after sendBy and not before', async () => {
    const order = await silentlyLost()
    await stage.world.run(1990)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(200)
    expect((await stage.eventsOf(`order-${order}` as never)).slice(-2)).toMatchObject([
      { type: 'OrderOutcomeResolved', found: 'absent' },
      { type: 'OrderRefused', reason: { code: 'notAtVenue' } },
    ])
  })
  test('waits for the request window and the settling time', async () => {
    stage.venue.capabilities = {
      ...stage.venue.capabilities,
      requestWindowMs: 3000,
      settlingMs: 500,
    }
    const order = await silentlyLost()
    await stage.world.run(5490)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(200)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test.each(['notFoundIsFinal', 'honoursDeadline'] as const)(
    'stays unknown for ever without %s',
    async (capability) => {
      stage.venue.capabilities = { ...stage.venue.capabilities, [capability]: false }
      const order = await silentlyLost()
      await stage.world.run(60_000)
      expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    },
  )
  test('is not settled by a wall clock that was set forward', async () => {
    const order = await silentlyLost()
    stage.world.step(3_600_000)
    await stage.world.run(1500)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(15_000)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test('is settled by what the venue tells, or is asked', async () => {
    stage.venue.script = () => ({ effect: 'fillHalf', answer: 'silence' })
    stage.venue.echoes = () => 0
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(3000)
    expect((await stage.typesOf(order)).slice(-3)).toStrictEqual([
      'OrderOutcomeResolved',
      'OrderAccepted',
      'OrderFilled',
    ])
  })
  test('is not settled by its own gateway sending it late, when the wall clock was set forward', async () => {
    stage.pausesBeforeSend = true
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.world.step(3_600_000)
    await stage.running('g2')
    await stage.world.run(1500)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    first.paused?.()
    await stage.world.run(20_000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test('that somebody cancels is cancelled once it is known', async () => {
    stage.venue.script = () => ({ effect: 'rest', answer: 'silence' })
    stage.venue.echoes = () => 0
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.settle()
    expect(stage.venue.cancels).toStrictEqual([])
    await stage.world.run(5000)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
  test('is what a submission becomes whose gateway died', async () => {
    stage.pausesBeforeSend = true
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    await stage.running('g2')
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderSubmissionStarted' })
    await stage.world.run(4000)
    expect((await stage.typesOf(order)).slice(-3)).toStrictEqual([
      'OrderOutcomeUnknown',
      'OrderOutcomeResolved',
      'OrderRefused',
    ])
    expect(stage.venue.attempts).toStrictEqual([])
  })
  test('of a frozen gateway is settled by its successor, and nothing of it is executed', async () => {
    stage.pausesBeforeSend = true
    const frozen = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    frozen.owner.frozen = true
    stage.pausesBeforeSend = false
    await stage.running('g2')
    await stage.world.run(5000)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
    frozen.owner.frozen = false
    frozen.paused?.()
    await stage.world.run(5000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test('of a gateway that froze before it heard that its append was written, too', async () => {
    const frozen = await stage.running('g1')
    const order = await stage.place()
    for (;;) {
      const next = (await stage.world.ready())[0]
      if (next === undefined) throw new Error('it never began to send')
      if (next.label.startsWith('appended OrderSubmissionStarted')) break
      await stage.world.take(next)
    }
    frozen.owner.frozen = true
    await stage.running('g2')
    await stage.world.run(5000)
    frozen.owner.frozen = false
    await stage.world.run(5000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
})

describe('while the time of day is set back', () => {
  const hourMs = 3_600_000
  /** The venue has it, its gateway died, and an older time of day holds from then on. */
  const orphaned = async (answer: 'answer' | 'silence', backMs: number): Promise<OrderId> => {
    stage.venue.script = () => ({ effect: 'rest', answer })
    stage.venue.echoes = () => 0
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    stage.world.step(-backMs)
    return order
  }
  test.each(['silence', 'answer'] as const)(
    'an order that the venue filled meanwhile is filled (after %s), and nothing is amiss',
    async (answer) => {
      const order = await orphaned(answer, 120_000)
      stage.venue.fill(named(order), '1')
      await stage.running('g2')
      expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderFilled' })
      await stage.world.run(900_000)
      expect(await stage.typesOf(order)).not.toContain('OrderRefused')
      expect(await stage.all('OrderFilled')).toHaveLength(1)
      expect(await stage.all('BreakDetected')).toStrictEqual([])
    },
  )
  test.each([0.5, 9, 200])(
    'each of its fills is found, the first of them %d hours before the last',
    async (hours) => {
      const order = await orphaned('answer', 400 * hourMs)
      stage.venue.fill(named(order), '0.25')
      await stage.world.pass(hours * hourMs)
      stage.venue.fill(named(order), '0.5')
      stage.venue.end(named(order), 'cancelled')
      await stage.running('g2')
      expect((await stage.typesOf(order)).slice(-4)).toStrictEqual([
        'OrderAccepted',
        'OrderFilled',
        'OrderFilled',
        'OrderCancelled',
      ])
    },
  )
  test('the fills of what is still open, and of what was known to have ended, are found too', async () => {
    const order = await orphaned('answer', 400 * hourMs)
    stage.venue.fill(named(order), '0.25')
    await stage.running('g2')
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderFilled' })
    stage.world.step(-hourMs)
    stage.venue.fill(named(order), '0.25')
    stage.venue.echoes = ({ type }) => (type === 'order' ? 1 : 0)
    stage.venue.end(named(order), 'cancelled')
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
    await stage.world.run(11_000)
    expect(await stage.all('OrderFilled')).toHaveLength(2)
  })
  test('nothing is called absent or missing before the venue was asked for it by name', async () => {
    const first = await stage.running('g1')
    const open = await stage.place()
    await stage.world.settle()
    stage.venue.script = () => ({ effect: 'lost', answer: 'silence' })
    const lost = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    stage.venue.lose(named(open))
    stage.venue.answers = (what) => what !== 'order'
    const second = await stage.running('g2')
    await stage.world.run(60_000)
    expect(second.gateway.standing()).toMatchObject({ state: 'waiting' })
    expect(await stage.lastOf(lost)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    expect(await stage.all('BreakDetected')).toStrictEqual([])
    stage.venue.answers = () => true
    await stage.world.run(20_000)
    expect(await stage.lastOf(lost)).toMatchObject({ reason: { code: 'notAtVenue' } })
    expect(await stage.all('BreakDetected')).toMatchObject([{ kind: 'missingAtVenue' }])
  })
})
