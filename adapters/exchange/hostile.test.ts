import { describe, expect, test } from 'vitest'
import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { kraken } from './kraken.ts'
import { krakenV1 } from './kraken-v1.ts'
import { parseRawJson } from './raw-json.ts'
import { coinbaseTicker, decoded, match } from './testing/shown.ts'
import { venueAt } from './venues.ts'

describe('what is not sound is named and never a tick', () => {
  const hostile: readonly (readonly [string, object, string])[] = [
    ['a price of nothing', { price: '0' }, 'price: not above 0'],
    ['a price below nothing', { price: '-1' }, 'price: not above 0'],
    ['too many digits', { price: '1.0000000000000000001' }, 'price: too many digits'],
    ['too many digits before the point', { price: `1${'0'.repeat(20)}` }, 'price: too many digits'],
    ['no price at all', { price: undefined }, 'price: not a decimal'],
    ['a price that is a list', { price: [1] }, 'price: not a decimal'],
    ['hexadecimal', { price: '0x10' }, 'price: not a decimal'],
    ['two exponents', { price: '1e5e5' }, 'price: not a decimal'],
    ['a huge exponent', { price: '1e99' }, 'price: too many digits'],
    ['half of the last digit', { price: '1.5e-18' }, 'price: too many digits'],
    ['NaN', { price: 'NaN' }, 'price: not a decimal'],
    ['a size of nothing', { size: '0.0' }, 'quantity: not above 0'],
    ['a size below nothing', { size: '-0.5' }, 'quantity: below 0'],
    ['no time', { time: undefined }, 'time'],
    ['a day that is not', { time: '2021-02-30T00:00:00Z' }, 'time'],
    ['another side', { side: 'both' }, 'side'],
    ['no id', { trade_id: undefined }, 'trade id'],
    ['an id below nothing', { trade_id: -1 }, 'number'],
    ['an id beyond what is exact', { trade_id: '9007199254740993' }, 'number'],
  ]
  test.each(hostile)('%s', (_, change, kind) => {
    expect(decoded(coinbase, { ...match, ...change })).toStrictEqual([`malformed ${kind}`])
  })
  test('a crossed quote, and one with a side missing', () => {
    const crossed = { ...coinbaseTicker, best_bid: '1285.28' }
    expect(decoded(coinbase, crossed)).toStrictEqual(['malformed crossed'])
    expect(decoded(coinbase, { ...coinbaseTicker, best_ask: '' })).toStrictEqual([
      'malformed price: not a decimal',
    ])
  })
  const protocols = { coinbase, binance, kraken, krakenV1 }
  test.each(Object.entries(protocols))('%s survives any text', (_, protocol) => {
    for (const text of ['', '{', 'null', '[]', '1', '"a"', '[[[', '{"type":', '\u0000', '{}'])
      expect(decoded(protocol, text)).toStrictEqual(
        text === '[]' && protocol === krakenV1 ? [] : ['malformed not a frame'],
      )
    const whole = JSON.stringify(match)
    for (let end = 0; end < whole.length; end += 1)
      expect(decoded(protocol, whole.slice(0, end))).toStrictEqual(['malformed not a frame'])
  })
})

describe('JSON with its numbers as they were sent', () => {
  test('loses no digit, and leaves the digits in strings alone', () => {
    expect(
      parseRawJson('{"a":0.1000000000000000055511151231257827,"b":"1, \\"2\\" 3","c":[1,-2e-7]}'),
    ).toStrictEqual({
      a: '0.1000000000000000055511151231257827',
      b: '1, "2" 3',
      c: ['1', '-2e-7'],
    })
  })
  test.each(['', '{', '{"a":1.}', '{"a":+1}', '{"a":1', '"'])('%j is not JSON', (text) => {
    expect(parseRawJson(text)).toBeUndefined()
  })
})

describe('the address', () => {
  test('is the venue’s own where none is given', () => {
    expect(venueAt('kraken')).toStrictEqual({ protocol: kraken, url: kraken.url })
  })
  test('of binance gets the path of combined streams', () => {
    const url = 'wss://stream.binance.us:9443/stream'
    expect(venueAt('binance', 'wss://stream.binance.us:9443')).toStrictEqual({
      protocol: binance,
      url,
    })
    expect(venueAt('binance', `${url}?timeUnit=MICROSECOND`).url).toBe(
      `${url}?timeUnit=MICROSECOND`,
    )
  })
  test('of kraken says by its path which of its protocols is spoken', () => {
    expect(venueAt('kraken', 'wss://ws.kraken.com').protocol).toBe(krakenV1)
    expect(venueAt('kraken', 'wss://beta-ws.kraken.com/v2').protocol).toBe(kraken)
  })
})
