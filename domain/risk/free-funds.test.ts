import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { type FreeFunds, freeFunds } from '#domain/risk/free-funds'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import {
  account,
  amount,
  deposited,
  foreignFill,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  symbolOf,
} from '#domain/risk/testing/words'
import type { Currency } from '#schemas/values/ids'
import type { Mark } from '#schemas/values/trading'

const usdt = 'USDT' as Currency
const btc = 'BTC' as Currency
const perpetual = symbolOf('BTC/USDT:USDT')

/** At noon; `heard` is the mark that the market gives. */
const fundsOf = (desk: Desk, currency: Currency, heard?: Mark, now = noon) =>
  freeFunds(desk.standing(), account, currency, {
    marks: { markOf: (symbol) => (heard?.symbol === symbol ? heard : undefined) },
    now,
  })
const free = (desk: Desk, currency: Currency, heard?: Mark, now = noon) =>
  E.toUnion(
    E.map(({ free: amountFree }: FreeFunds) => amountFree)(fundsOf(desk, currency, heard, now)),
  )
const short = foreignFill({
  side: 'sell',
  quantity: '10',
  at: '65000',
  symbol: perpetual,
  strategy: 'manual',
})

describe('what may leave an account', () => {
  test('is all of it while nothing is open', () => {
    expect(fundsOf(openDesk(), usdt)).toStrictEqual(
      E.right({
        balance: amount('1000000'),
        needed: amount('0'),
        free: amount('1000000'),
      }),
    )
    expect(free(openDesk(), 'EUR' as Currency)).toBe(amount('0'))
  })
  test('is less what open buys cost, with the worst fee', () => {
    const desk = openDesk().inFlight(1, { quantity: '0.1', at: '60000' })
    expect(free(desk, usdt)).toBe(amount('993988'))
  })
  test('is not the coins of a position, whether or not they are being sold', () => {
    const desk = openDesk(
      {},
      deposited('2', 'BTC'),
      foreignFill({ quantity: '0.3', strategy: 'manual' }),
    )
    expect(fundsOf(desk, btc)).toStrictEqual(
      E.right({
        balance: amount('2.3'),
        needed: amount('0.3'),
        free: amount('2'),
      }),
    )
    desk.inFlight(1, { side: 'sell', quantity: '0.1', at: '65000' })
    expect(free(desk, btc)).toBe(amount('2'))
  })
  test('is less what strategies have lost against each other, also where they net to nothing', () => {
    const opposing = (atFirst: string, then: string) =>
      openDesk(
        {},
        listed(perpetual),
        foreignFill({ symbol: perpetual, strategy: 'alpha', quantity: '10', at: atFirst }),
        foreignFill({
          symbol: perpetual,
          strategy: 'beta',
          quantity: '10',
          at: then,
          side: 'sell',
        }),
      )
    expect(free(opposing('65000', '60000'), usdt)).toBe(amount('950000'))
    expect(free(opposing('60000', '65000'), usdt)).toBe(amount('1000000'))
  })
  test('is not known while a contract that needs its margin has no price', () => {
    const desk = openDesk(
      {},
      listed(perpetual),
      foreignFill({ quantity: '0.3', symbol: perpetual, strategy: 'manual' }),
    )
    expect(free(desk, usdt)).toStrictEqual([perpetual])
    expect(free(desk, btc)).toBe(amount('0'))
  })
  test('is less what a contract has lost at the worse of the mark recorded and the one heard', () => {
    const desk = openDesk({}, listed(perpetual), short)
    desk.given(marksTaken(noon, markAt('70000', noon, perpetual)))
    // Its notional, the worst fee of 0.2 %, and what it has lost.
    expect(free(desk, usdt)).toBe(amount('248600'))
    expect(free(desk, usdt, markAt('72000', noon, perpetual))).toBe(amount('208560'))
    expect(free(desk, usdt, markAt('60000', noon, perpetual))).toBe(amount('248600'))
  })
  test('is not known by a mark that is too old, and is by one alone that is not', () => {
    const desk = openDesk({}, listed(perpetual), short)
    desk.given(marksTaken(noon, markAt('70000', noon, perpetual)))
    expect(free(desk, usdt, undefined, later(5_000))).toBe(amount('248600'))
    expect(free(desk, usdt, undefined, later(5_001))).toStrictEqual([perpetual])
    expect(free(desk, usdt, markAt('60000', noon, perpetual), later(5_001))).toStrictEqual([
      perpetual,
    ])
    expect(free(desk, usdt, markAt('60000', later(5_001), perpetual), later(5_001))).toBe(
      amount('398800'),
    )
    // What does not depend on a price is known whatever its age.
    const spot = openDesk().inFlight(1, { quantity: '0.1', at: '60000' })
    expect(free(spot, usdt, undefined, later(600_000))).toBe(amount('993988'))
  })
})
