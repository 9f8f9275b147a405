import { describe, expect, test } from 'vitest'
import { fc, prop } from '#testing/prop'
import { cell, csvOf, type Format, showList, showOne, shortened } from './output.ts'
import type { Terminal } from './terminal.ts'

const rows = [
  { id: 'a', quantity: '0.5', fee: { amount: '1', currency: 'USDT' }, note: null },
  { id: 'b', quantity: '12', fee: { amount: '-2.5', currency: 'USDT' }, note: 'one, "two"' },
]
const columns = ['id', 'quantity', 'fee.amount', 'note']

describe('a list', () => {
  test('is a table with figures to the right', async () => {
    expect(await shown('table')).toBe(
      [
        'id  quantity  amount  note',
        'a        0.5       1',
        'b         12    -2.5  one, "two"',
        '',
      ].join('\n'),
    )
  })
  test('is CSV as RFC 4180 says', async () => {
    expect(await shown('csv')).toBe(
      'id,quantity,amount,note\r\na,0.5,1,\r\nb,12,-2.5,"one, ""two"""\r\n',
    )
  })
  test('is JSON, whole', async () => {
    expect(JSON.parse(await shown('json'))).toStrictEqual(rows)
  })
  test('that is empty still has its header', async () => {
    expect(await shown('table', [])).toBe('id  quantity  amount  note\n')
    expect(await shown('csv', [])).toBe('id,quantity,amount,note\r\n')
    expect(await shown('json', [])).toBe('[]\n')
  })
  const shown = async (format: Format, list = rows as readonly (typeof rows)[number][]) => {
    const { terminal, text } = captured()
    await showList(terminal, format, list, columns)
    return text()
  }
})

describe('one object', () => {
  test('is its fields below each other, without those that say nothing', async () => {
    const { terminal, text } = captured()
    await showOne(terminal, 'table', { id: 'a', status: 'filled', reason: null })
    expect(text()).toBe('id      a\nstatus  filled\n')
  })
  test('is one row of CSV', async () => {
    const { terminal, text } = captured()
    await showOne(terminal, 'csv', { id: 'a', fees: { USDT: '0.1' } })
    expect(text()).toBe('id,fees\r\na,0.1 USDT\r\n')
  })
})

test.each([
  [{ USDT: '1.5', BTC: '0.1' }, '1.5 USDT, 0.1 BTC'],
  [{ perSecond: 1, perMinute: 2 }, 'perSecond 1, perMinute 2'],
  [{ code: 'stale', message: 'It was too old.' }, 'It was too old.'],
  [['market', 'limit'], 'market, limit'],
  [{ price: '1', fee: { amount: '2', currency: 'USDT' } }, 'price 1, fee 2 USDT'],
  [{ mark: { price: '1', at: 'noon' } }, 'mark (price 1, at noon)'],
  [true, 'true'],
  [undefined, ''],
])('a value fits into a cell: %j', (value, text) => {
  expect(cell(value)).toBe(text)
})

prop(
  'whatever stands in a cell, CSV gives it back',
  fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { maxLength: 5 }),
  (cells) => {
    expect(parseCsv(csvOf(['one', 'two'], cells))).toStrictEqual([['one', 'two'], ...cells])
  },
)

/** A reader of RFC 4180, for what csvOf writes. */
const parseCsv = (text: string): string[][] => {
  const rowsOf: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === '\r\n') rowsOf.push(row.splice(0))
  }
  return rowsOf
}

const captured = () => {
  let written = ''
  const terminal: Terminal = {
    out: (text) => void (written += text),
    err: () => undefined,
    bold: (text) => text,
    environment: {},
    calledAs: 'daybook',
    finish: () => undefined,
  }
  return { terminal, text: () => written }
}

describe('a table has eight decimals, and says where there are more', () => {
  test.each([
    ['65002.15', '65002.15'],
    ['0.123456789012345678', '0.12345678…'],
    ['-0.000000000123 BTC, 12.5 USDT', '-0.00000000… BTC, 12.5 USDT'],
    ['2026-11-20T11:53:08.349846123Z', '2026-11-20T11:53:08.349846123Z'],
    ['eeb95226-9283-842a-9be5-60207745c485', 'eeb95226-9283-842a-9be5-60207745c485'],
    ['1.2.3456789012345', '1.2.3456789012345'],
    ['The quantity 0.0000000001 is too small', 'The quantity 0.0000000001 is too small'],
  ])('%s', (text, shown) => {
    expect(shortened(text)).toBe(shown)
  })
})
