import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeRequest, type FieldFault } from '#schemas/request'
import { Body, validBody } from '#schemas/testing/body'

const faultsOf = (body: unknown): readonly FieldFault[] => {
  const decoded = decodeRequest(Body, body)
  return E.isLeft(decoded) ? decoded.left : []
}
const faultsWith = (change: object) => faultsOf({ ...validBody, ...change })

test('a right body is its value', () => {
  expect(decodeRequest(Body, validBody)).toStrictEqual(
    E.right({ symbol: 'BTC/USDT', side: 'buy', quantity: 5n * 10n ** 17n }),
  )
})

describe('one wrong thing is one fault, with a pointer, a code and a sentence', () => {
  test.each<[string, object, string, string, string]>([
    [
      'no decimal',
      { quantity: 'abc' },
      '/quantity',
      'malformed',
      'quantity must be a decimal such as 12.5, without an exponent; it is "abc".',
    ],
    [
      'an exponent',
      { quantity: '1e5' },
      '/quantity',
      'malformed',
      'quantity must be a decimal such as 12.5, without an exponent; it is "1e5".',
    ],
    [
      'NaN',
      { quantity: 'NaN' },
      '/quantity',
      'malformed',
      'quantity must be a decimal such as 12.5, without an exponent; it is "NaN".',
    ],
    [
      'a number for a decimal',
      { quantity: 0.5 },
      '/quantity',
      'malformed',
      'quantity must be a decimal in a string; it is 0.5.',
    ],
    [
      'null',
      { limitPrice: null },
      '/limitPrice',
      'malformed',
      'limitPrice must be a decimal in a string; it is null.',
    ],
    [
      'below 0',
      { quantity: '-1' },
      '/quantity',
      'invalid',
      'quantity must not be below 0; it is "-1".',
    ],
    [
      'a price of 0',
      { limitPrice: '0.00' },
      '/limitPrice',
      'invalid',
      'limitPrice must be above 0; it is "0.00".',
    ],
    [
      'too many digits',
      { quantity: '0.1234567890123456789' },
      '/quantity',
      'invalid',
      'quantity has more than 20 digits before the point and 18 after it; it is "0.1234567890123456789".',
    ],
    [
      '40 digits',
      { quantity: '1'.repeat(40) },
      '/quantity',
      'invalid',
      `quantity has more than 20 digits before the point and 18 after it; it is "${'1'.repeat(40)}".`,
    ],
    [
      'a misspelt word',
      { side: 'Buy' },
      '/side',
      'invalid',
      'side must be one of buy, sell; it is "Buy". Did you mean buy?',
    ],
    [
      'a wrong word',
      { side: 'long' },
      '/side',
      'invalid',
      'side must be one of buy, sell; it is "long".',
    ],
    ['no word', { side: 1 }, '/side', 'malformed', 'side must be one of buy, sell; it is 1.'],
    [
      'a word to come',
      { timeInForce: 'fok' },
      '/timeInForce',
      'notSupported',
      'timeInForce must be one of gtc, ioc; fok is not supported yet.',
    ],
    [
      'a value to come',
      { reduceOnly: true },
      '/reduceOnly',
      'notSupported',
      'reduceOnly must be false; true is not supported yet.',
    ],
    [
      'a field to come',
      { stopPrice: '1' },
      '/stopPrice',
      'notSupported',
      'stopPrice is not supported yet.',
    ],
    [
      'a misspelt field',
      { limitprice: '1' },
      '/limitprice',
      'unknownField',
      'unknown field limitprice. Did you mean limitPrice?',
    ],
    [
      'an unknown field',
      { 'a/b~': 1 },
      '/a~1b~0',
      'unknownField',
      'unknown field a/b~; there are symbol, side, quantity, account, limitPrice, timeInForce, postOnly, reduceOnly, expireAt, clientTag, count, protection, limits, owner.',
    ],
    [
      'a field of the language',
      JSON.parse('{"__proto__":{"limitPrice":"1"}}') as object,
      '/__proto__',
      'unknownField',
      '',
    ],
    [
      'an impossible date',
      { expireAt: '2026-02-30T00:00:00Z' },
      '/expireAt',
      'invalid',
      'expireAt must be a time in UTC such as 2026-01-31T09:30:00.25Z; it is "2026-02-30T00:00:00Z".',
    ],
    ['no date', { expireAt: 'tomorrow' }, '/expireAt', 'malformed', ''],
    [
      'text for a boolean',
      { postOnly: 'true' },
      '/postOnly',
      'malformed',
      'postOnly must be true or false; it is "true".',
    ],
    [
      'a label that is none',
      { account: 'Main' },
      '/account',
      'invalid',
      'account must be up to 32 of a-z, 0-9 and _, not beginning with _; it is "Main".',
    ],
    [
      'half a count',
      { count: 0.5 },
      '/count',
      'invalid',
      'count must be a whole number, not below 0; it is 0.5.',
    ],
    [
      'a list for a record',
      { protection: [] },
      '/protection',
      'malformed',
      'protection must be a record (a JSON object); it is a list.',
    ],
    [
      'deep inside',
      { protection: { takeProfit: [{ price: '1' }, { price: 'x' }] } },
      '/protection/takeProfit/1/price',
      'malformed',
      'protection.takeProfit.1.price must be a decimal such as 12.5, without an exponent; it is "x".',
    ],
    [
      'an unknown field deep inside',
      { protection: { takeProfit: [{ price: '1', quanttiy: '1' }] } },
      '/protection/takeProfit/0/quanttiy',
      'unknownField',
      'unknown field quanttiy. Did you mean quantity?',
    ],
    [
      'one of a table',
      { limits: { 'BTC/USDT': '-1' } },
      '/limits/BTC~1USDT',
      'invalid',
      'limits.BTC/USDT must not be below 0; it is "-1".',
    ],
    [
      'a name of the language in a table',
      { limits: JSON.parse('{"BTC/USDT":"1","__proto__":"1"}') as object },
      '/limits/__proto__',
      'unknownField',
      'limits.__proto__ cannot be a name.',
    ],
    [
      'inside what may be null',
      { owner: { name: '' } },
      '/owner/name',
      'invalid',
      'owner.name must be 1 to 500 characters in one line; it is "".',
    ],
    ['none of both', { owner: 3 }, '/owner', 'malformed', ''],
    [
      'a long text',
      { account: 'x'.repeat(1000) },
      '/account',
      'invalid',
      `account must be up to 32 of a-z, 0-9 and _, not beginning with _; it is "${'x'.repeat(59)}….`,
    ],
  ])('%s', (_, change, pointer, code, detail) => {
    const faults = faultsWith(change)
    expect(faults.map((fault) => [fault.pointer, fault.code])).toStrictEqual([[pointer, code]])
    if (detail !== '') expect(faults[0]?.detail).toBe(detail)
  })
  test('a body that is no record', () => {
    for (const body of [null, [], 'x', 5, true, undefined]) {
      expect(faultsOf(body)).toMatchObject([{ pointer: '', code: 'malformed' }])
    }
  })
  test('a field that nothing resembles, however long', () => {
    const key = 'x'.repeat(200)
    expect(faultsWith({ [key]: 1 })).toMatchObject([{ pointer: `/${key}`, code: 'unknownField' }])
  })
  test('a missing field', () => {
    expect(faultsOf({ symbol: 'BTC/USDT', side: 'buy' })).toStrictEqual([
      { pointer: '/quantity', code: 'invalid', detail: 'quantity is missing.' },
    ])
  })
})

test('all faults are reported together', () => {
  const body = { symbol: 'btc', quantity: '1e5', limitprice: '1', postOnly: 1, stopPrice: '1' }
  expect(faultsOf(body).map(({ pointer, code }) => `${pointer} ${code}`)).toStrictEqual([
    '/symbol invalid',
    '/quantity malformed',
    '/postOnly malformed',
    '/side invalid',
    '/limitprice unknownField',
    '/stopPrice notSupported',
  ])
})

test('an answer stays small, whatever was sent', () => {
  const body = Object.fromEntries(Array.from({ length: 8000 }, (_, n) => [`field${String(n)}`, 1]))
  const faults = faultsOf({ ...validBody, ...body })
  expect(faults).toHaveLength(101)
  expect(faults.at(-1)?.detail).toBe('There are 7900 more faults.')
})
