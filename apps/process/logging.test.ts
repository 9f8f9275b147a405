import { describe, expect, test } from 'vitest'
import { fc, prop } from '#testing/prop'
import { openLogger } from './logging.ts'
import { withoutSecrets } from './secrets.ts'

const secret = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/)

describe('a log line', () => {
  test('is JSON with the app, the instance, the time and the level as a word', () => {
    const { lines, logger } = captured()
    logger.info({ logPosition: '12' }, 'ready')
    expect(JSON.parse(lines.join(''))).toMatchObject({
      level: 'info',
      app: 'gateway',
      instance: 'g1',
      logPosition: '12',
      message: 'ready',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    })
  })
  test('hides the fields that hold secrets', () => {
    const { lines, logger } = captured()
    logger.info({ headers: { authorization: 'Bearer x' }, password: 'hunter2', key: 'k1' }, 'asked')
    expect(lines.join('')).not.toMatch(/hunter2|Bearer x|k1/)
  })
  prop('never holds the secret part of a key, wherever it stands', secret, (key) => {
    const { lines, logger } = captured()
    logger.error(
      new Error(`refused dbk_0a1b2c3d_${key} at /v1/orders`),
      `Bearer dbk_0a1b2c3d_${key}`,
    )
    expect(lines.join('')).not.toContain(key)
    expect(lines.join('')).toContain('dbk_0a1b2c3d_***')
  })
  prop(
    'never holds the password of a URL',
    fc.stringMatching(/^[A-Za-z0-9%._~!$&()*+,;=-]{8,30}$/),
    (password) => {
      const { lines, logger } = captured()
      logger.warn({ url: `postgres://daybook:${password}@127.0.0.1:5432/daybook` }, 'unreachable')
      expect(lines.join('')).not.toContain(`:${password}@`)
      expect(lines.join('')).toContain('postgres://daybook:***@127.0.0.1:5432/daybook')
    },
  )
})

test.each([
  'postgres://127.0.0.1/daybook?user=daybook&password=hun:t%40er2/&sslmode=require',
  'postgres:///daybook?host=/run/pg&PASSWORD=hun:t%40er2/',
  '{"url":"postgres://127.0.0.1/daybook?sslpassword=hun:t%40er2/","port":1}',
])('the password in the query of a URL is hidden, and nothing else of %s', (line) => {
  expect(withoutSecrets(line)).toBe(line.replace('hun:t%40er2/', '***'))
})

test('what is no secret stays as it is', () => {
  const line = 'orders at http://127.0.0.1:8080/v1/orders, key dbk_0a1b2c3d, mail a@b.c, 12:30@x'
  expect(withoutSecrets(line)).toBe(line)
})

const captured = () => {
  const lines: string[] = []
  const logger = openLogger('gateway', 'g1', 'trace', { write: (line) => void lines.push(line) })
  return { lines, logger }
}
