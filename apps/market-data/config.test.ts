import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { readSettings } from '#apps/process/settings'
import { config, parseMarket } from './config.ts'

describe('DAYBOOK_MARKET', () => {
  test.each([
    ['simulated', { kind: 'simulated', seed: 1 }],
    ['simulated:42', { kind: 'simulated', seed: 42 }],
    ['simulated:4294967295', { kind: 'simulated', seed: 4_294_967_295 }],
    ['replay:/a/b.csv', { kind: 'replay', paths: ['/a/b.csv'], speed: 1 }],
    ['replay:b.csv.gz@max', { kind: 'replay', paths: ['b.csv.gz'], speed: 'max' }],
    ['replay:/me@home/b.csv', { kind: 'replay', paths: ['/me@home/b.csv'], speed: 1 }],
    ['replay:/me@home/b.csv@2.5', { kind: 'replay', paths: ['/me@home/b.csv'], speed: 2.5 }],
    ['replay:C:/b@10', { kind: 'replay', paths: ['C:/b'], speed: 10 }],
    ['replay:/a@b/x.csv,y.csv@6', { kind: 'replay', paths: ['/a@b/x.csv', 'y.csv'], speed: 6 }],
    ['coinbase', { kind: 'venue', venue: 'coinbase' }],
    ['binance', { kind: 'venue', venue: 'binance' }],
    ['kraken', { kind: 'venue', venue: 'kraken' }],
  ])('%s', (text, meaning) => {
    expect(parseMarket(text)).toStrictEqual(meaning)
  })
  test.each([
    'simulated:',
    'simulated:abc',
    'simulated:-1',
    'simulated:4294967296',
    'simulate',
    'binance:BTC/USDT',
    'Coinbase',
    'replay',
    'replay:',
    'replay:@max',
    'replay:b.csv@',
    'replay:b.csv,@2',
    'replay:,b.csv',
    'replay:b.csv@0',
    'replay:b.csv@-1',
    'replay:b.csv@fast',
    '',
  ])('%j is refused', (text) => {
    expect(parseMarket(text)).toBeUndefined()
  })
  test('is refused with a list of what there is', () => {
    const read = readSettings(config, { DAYBOOK_HUB: 'ws://127.0.0.1:1', DAYBOOK_MARKET: 'nasdaq' })
    expect(read).toStrictEqual(
      E.left([
        'DAYBOOK_MARKET is not usable: set it to simulated, simulated:<seed from 0 to 4294967295>,' +
          ' replay:<file>[,<file> …][@<factor> or @max], coinbase, binance or kraken.',
      ]),
    )
  })
})

describe('DAYBOOK_SYMBOLS', () => {
  const symbolsOf = (text: string) =>
    readSettings({ symbols: config.symbols }, { DAYBOOK_SYMBOLS: text })
  test('are named once each', () => {
    expect(symbolsOf('BTC/USDT, ETH/USDT:USDT,BTC/USDT')).toStrictEqual(
      E.right({ symbols: ['BTC/USDT', 'ETH/USDT:USDT'] }),
    )
  })
  test.each(['BTCUSDT', 'BTC/USDT,', 'btc/usdt'])('%s is refused', (text) => {
    expect(E.isLeft(symbolsOf(text))).toBe(true)
  })
})
