import { describe, expect, test } from 'vitest'
import { type StandingFold, standingsFold } from '#domain/risk/standing'
import { openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import { type TestLog, testLog } from '#domain/risk/testing/log'
import {
  accepted,
  bookOpened,
  cancelled,
  deposited,
  engaged,
  filled,
  intent,
  lapsed,
  listed,
  main,
  markAt,
  marksTaken,
  noon,
  orderId,
  submitted,
} from '#domain/risk/testing/words'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventId } from '#schemas/values/ids'

describe('what is over is forgotten', () => {
  const forgotten = (desk: { standing: () => StandingFold }, n: number): void => {
    expect(desk.standing().holdings.order(orderId(n))).toBeUndefined()
    expect(desk.standing().desk.outcomeOf(orderId(n))).toBeUndefined()
    expect([...desk.standing().waiting()]).toStrictEqual([])
  }
  test('a denied order, once the denial is on the log', () => {
    const desk = openDesk({ maxOpenOrders: 0 })
    desk.given(desk.decides())
    forgotten(desk, 1_000_001)
  })
  test('a lapsed one, approved before or after it lapsed', () => {
    forgotten(openDesk().approved(1).given(lapsed(1)), 1)
    const desk = openDesk()
    const late = desk.decides()
    forgotten(desk.given(lapsed(1_000_001), late), 1_000_001)
    expect(desk.standing().exposure.openOrders()).toBe(0)
    expect(desk.standing().exposure.total().gross).toBe(0n)
  })
  test('a filled one, and a cancelled one whose fills add up', () => {
    const desk = openDesk()
      .inFlight(1)
      .given(accepted(1), filled(1, { quantity: '0.1' }))
    forgotten(desk, 1)
    desk.inFlight(2).given(accepted(2), cancelled(2, '0.05'))
    expect(desk.standing().holdings.order(orderId(2))).toBeDefined()
    forgotten(desk.given(filled(2, { quantity: '0.05' })), 2)
  })
  test('what is left of a holding that was closed: neither a cell nor a position', () => {
    const desk = openDesk({}, filled(1, { quantity: '1' }))
    expect([...desk.standing().exposure.markets()]).toStrictEqual(['BTC/USDT'])
    desk.given(filled(2, { quantity: '1', side: 'sell' }))
    expect([...desk.standing().exposure.markets()]).toStrictEqual([])
  })
  test('an order that was filled before it was acknowledged, and outlived what it had bought', () => {
    const desk = openDesk()
      .inFlight(1)
      .given(filled(1), filled(2, { side: 'sell' }))
    expect(desk.standing().exposure.total().gross).toBe(0n)
    desk.given(filled(3, { quantity: '1' }), accepted(1))
    expect([...desk.standing().exposure.markets()]).toStrictEqual(['BTC/USDT'])
    expect(outcomeOf(desk.decides({ side: 'sell', quantity: '1' }))).toBe('reducing')
  })
})

describe('intents', () => {
  test('wait in log order', () => {
    const desk = openDesk({}, intent(3), intent(1), intent(2)).given(lapsed(1))
    const waiting = [...desk.standing().waiting()].map((order) => order.orderId)
    expect(waiting).toStrictEqual([orderId(3), orderId(2)])
  })
  test('that were sent without a decision anybody knows of count all the same', () => {
    const desk = openDesk({}, intent(1), submitted(1))
    expect(desk.standing().exposure.openOrders()).toBe(1)
    expect([...desk.standing().waiting()]).toStrictEqual([])
  })
})

describe('instruments that change', () => {
  test('are valued by their new terms from then on', () => {
    const desk = openDesk({}, filled(1, { quantity: '1' }), marksTaken(noon, markAt('65000')))
    const gross = () => desk.standing().exposure.total().gross
    expect(gross()).toBe(65000n * 10n ** 36n)
    desk.given(listed(undefined, {}, '0.5'))
    expect(gross()).toBe(32500n * 10n ** 36n)
  })
})

describe('a stream that goes on otherwise than it was folded', () => {
  const known = (): { readonly log: TestLog; readonly apply: (r: RecordedEvent) => unknown } => {
    const log = testLog()
    const standings = standingsFold()
    standings.apply(log.append(bookOpened()))
    standings.apply(log.append(deposited('1')))
    return { log, apply: standings.apply }
  }
  test('is noticed where a revision is left out', () => {
    const { log, apply } = known()
    log.append(engaged(1, 'halt'))
    expect(apply(log.append(engaged(2, 'halt')))).toMatchObject({
      _tag: 'Forked',
      book: main,
      revision: 2n,
      expected: 'revision 1',
    })
  })
  test('is noticed where another event stands in the place of a confirmed one', () => {
    const log = testLog()
    const standings = standingsFold()
    standings.apply(log.append(bookOpened()))
    const standing = standings.of(main)
    if (standing === undefined) throw new Error('the book is open')
    const taken = { type: 'MarksTaken', book: main, at: noon, marks: [] } as const
    const proposed = { event: taken, metadata: log.append(deposited('1')).metadata }
    standing.enter(taken)
    standing.confirm([proposed])
    const other = testLog()
    other.append(bookOpened())
    const brought = other.append(engaged(1, 'halt'))
    const metadata = { ...brought.metadata, id: 'another' as EventId }
    expect(standings.apply({ ...brought, metadata })).toMatchObject({
      _tag: 'Forked',
      revision: 1n,
    })
  })
})
