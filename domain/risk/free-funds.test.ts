import { describe, expect, test } from 'vitest'
import { freeFunds } from '#domain/risk/free-funds'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import {
  account,
  amount,
  deposited,
  foreignFill,
  listed,
  symbolOf,
} from '#domain/risk/testing/words'
import type { Currency } from '#schemas/values/ids'

const usdt = 'USDT' as Currency
const btc = 'BTC' as Currency
const free = (desk: Desk, currency: Currency) => freeFunds(desk.standing(), account, currency)?.free

describe('what may leave an account', () => {
  test('is all of it while nothing is open', () => {
    expect(freeFunds(openDesk().standing(), account, usdt)).toStrictEqual({
      balance: amount('1000000'),
      needed: amount('0'),
      free: amount('1000000'),
    })
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
    expect(freeFunds(desk.standing(), account, btc)).toStrictEqual({
      balance: amount('2.3'),
      needed: amount('0.3'),
      free: amount('2'),
    })
    desk.inFlight(1, { side: 'sell', quantity: '0.1', at: '65000' })
    expect(free(desk, btc)).toBe(amount('2'))
  })
  test('is not known while a contract that needs its margin has no price', () => {
    const perpetual = symbolOf('BTC/USDT:USDT')
    const desk = openDesk(
      {},
      listed(perpetual),
      foreignFill({ quantity: '0.3', symbol: perpetual, strategy: 'manual' }),
    )
    expect(free(desk, usdt)).toBeUndefined()
    expect(free(desk, btc)).toBe(amount('0'))
  })
})
