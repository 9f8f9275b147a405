import { afterEach, expect, test } from 'vitest'
import { cleanUp, serving } from './testing/serving.ts'

afterEach(cleanUp)

const book = { id: 'side', currency: 'USDT', control: 'dual', tradingDay: { time: '00:00' } }

test('a book is opened with what is said of it, and no more', async () => {
  const ledger = await serving(() => [201, book])
  const { code, err } = await ledger.run('books open side --currency USDT')
  expect(code).toBe(0)
  expect(ledger.asked).toMatchObject([{ method: 'POST', url: '/v1/books' }])
  expect(ledger.asked[0]?.body).toStrictEqual({ id: 'side', currency: 'USDT' })
  expect(err).toContain('It is under dual control: loosening limits')
  const words = '--control single --time 17:00 --zone America/New_York --set maxOpenOrders=5'
  const alone = await ledger.run(`books open side --currency USDT ${words}`)
  expect(alone.err).not.toContain('dual control')
  expect(ledger.asked[1]?.body).toStrictEqual({
    id: 'side',
    currency: 'USDT',
    control: 'single',
    tradingDay: { time: '17:00', zone: 'America/New_York' },
    limits: { maxOpenOrders: 5 },
  })
})
test('nothing is sent without a currency, with another control, or dry', async () => {
  const ledger = await serving(() => [201, book])
  expect((await ledger.run('books open side')).code).toBe(2)
  expect((await ledger.run('books open side --currency USDT --control none')).code).toBe(2)
  const dry = await ledger.run('books open side --currency USDT --dry-run')
  expect([dry.code, ledger.asked]).toStrictEqual([0, []])
  expect(dry.out).toContain('POST /v1/books')
})
test('books are listed', async () => {
  const ledger = await serving(() => [200, { data: [book], hasMore: false }])
  const { out } = await ledger.run('books list -o csv')
  expect(out).toMatch(/^id,currency,control,state,tradingDay,openedAt\r\nside,USDT,dual,/)
})
