import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { config } from '#apps/api/config'
import { defaultLimits } from '#apps/api/fresh-ledger'
import { limitsFrom } from '#apps/api/limits-file'
import { keyNamed } from '#apps/api/testing/ledger'
import { readSettings } from '#apps/process/settings'

const given = {
  DAYBOOK_LOG: 'postgres://127.0.0.1/daybook',
  DAYBOOK_DATABASE: 'postgres://127.0.0.1/daybook',
  DAYBOOK_HUB: 'ws://127.0.0.1:7001',
  DAYBOOK_KEY: keyNamed('owner'),
}

describe('settings', () => {
  test('have defaults, and forget the secret of the key', () => {
    const read = readSettings(config, given)
    if (E.isLeft(read)) throw new Error(read.left.join())
    expect(read.right).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      venue: 'paper',
      isEmpty: false,
      limits: undefined,
      rate: 2_000,
      cors: [],
      key: { keyId: given.DAYBOOK_KEY.slice(4, 12) },
    })
    expect(JSON.stringify(read.right)).not.toContain(given.DAYBOOK_KEY.slice(13))
  })
  test('name the origins of pages that may ask', () => {
    const read = readSettings(config, {
      ...given,
      DAYBOOK_CORS: 'https://a.example, http://localhost:5173',
    })
    expect(E.isRight(read) && read.right.cors).toStrictEqual([
      'https://a.example',
      'http://localhost:5173',
    ])
  })
  test.each([
    ['DAYBOOK_KEY', 'hunter2'],
    ['DAYBOOK_KEY', ''],
    ['DAYBOOK_PORT', '80800'],
    ['DAYBOOK_VENUE', 'Paper!'],
    ['DAYBOOK_EMPTY', 'perhaps'],
    ['DAYBOOK_RATE_LIMIT', '-1'],
    ['DAYBOOK_RATE_LIMIT', 'many'],
    ['DAYBOOK_CORS', '*'],
    ['DAYBOOK_CORS', 'trade.example'],
    ['DAYBOOK_CORS', 'https://desk.example/'],
  ])('that are wrong are named: %s=%s', (name, value) => {
    const read = readSettings(config, { ...given, [name]: value })
    expect(E.isLeft(read) && read.left.join()).toContain(name)
    if (value !== '') expect(E.isLeft(read) && read.left.join()).not.toContain(value)
  })
})

describe('a file of limits', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daybook-limits-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const file = async (text: string): Promise<string> => {
    const path = join(folder, 'limits.json')
    await writeFile(path, text)
    return path
  }
  test('that is not named leaves the defaults', async () => {
    expect(await limitsFrom(undefined)).toStrictEqual(defaultLimits)
  })
  test('replaces what it names', async () => {
    const limits = await limitsFrom(
      await file('{"maxOpenOrders":7,"maxPosition":{"BTC/USDT":"2"}}'),
    )
    expect(limits).toStrictEqual({
      ...defaultLimits,
      maxOpenOrders: 7,
      maxPosition: { 'BTC/USDT': 2n * 10n ** 18n },
    })
  })
  test.each([
    ['{"maxOpenOrder":7}', 'unknown field maxOpenOrder. Did you mean maxOpenOrders?'],
    ['{"maxOrderNotional":50000}', 'maxOrderNotional must be a decimal'],
    ['not JSON', 'is not JSON'],
  ])('that is wrong is refused with what to do: %s', async (text, says) => {
    await expect(limitsFrom(await file(text))).rejects.toThrow(says)
  })
  test('that is not there is refused by name', async () => {
    await expect(limitsFrom(join(folder, 'absent.json'))).rejects.toThrow(
      /absent\.json .DAYBOOK_LIMITS. cannot be read/,
    )
  })
})
