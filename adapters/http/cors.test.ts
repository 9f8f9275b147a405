import { describe, expect, test } from 'vitest'
import { corsOf } from './cors.ts'

const desk = 'https://desk.example'

describe('a page of another origin', () => {
  test('may not ask, and is told nothing, unless it is listed', () => {
    for (const cors of [corsOf([]), corsOf(['https://other.example'])]) {
      expect(cors.preflight(desk, ['GET'])).toBeUndefined()
      expect(cors.headersFor(desk)).not.toHaveProperty('access-control-allow-origin')
    }
    expect(corsOf([]).headersFor(undefined)).toStrictEqual({})
  })
  test('may as itself where it is, and reads what a client needs', () => {
    const cors = corsOf([desk])
    expect(cors.headersFor(desk)).toMatchObject({
      'access-control-allow-origin': desk,
      'access-control-expose-headers': expect.stringContaining('Request-Id') as string,
      vary: 'Origin',
    })
    expect(cors.preflight(desk, ['GET', 'POST'])).toMatchObject({
      'access-control-allow-origin': desk,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('Idempotency-Key') as string,
    })
  })
  test.each(['https://desk.example.evil', 'http://desk.example', 'null', '*', ''])(
    'is not taken for another: %s',
    (origin) => {
      const cors = corsOf([desk])
      expect(cors.preflight(origin, ['GET'])).toBeUndefined()
      expect(cors.headersFor(origin)).toStrictEqual({ vary: 'Origin' })
    },
  )
})
