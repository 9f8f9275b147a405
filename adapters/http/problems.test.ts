import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { Problem } from '#schemas/api/problem'
import type { Amount } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Currency,
  KeyId,
  OrderId,
  PersonId,
  ProposalId,
} from '#schemas/values/ids'
import type { Fault } from './faults.ts'
import { isDefect, problemOf } from './problems.ts'

const orderId = '00000000-0000-8000-8000-000000000000' as OrderId
const conflict = {
  _tag: 'RevisionConflict',
  stream: 'order-x' as never,
  expected: 'noStream',
  actual: 0n,
} as const
/** One of each. */
const faults: readonly (readonly [number, Fault])[] = [
  [400, { _tag: 'NotJson', detail: 'The body is empty.' }],
  [400, { _tag: 'RequestMalformed', detail: 'No.' }],
  [404, { _tag: 'RouteUnknown', method: 'GET', path: '/x' }],
  [405, { _tag: 'MethodUnknown', method: 'PUT', allowed: ['GET', 'HEAD'] }],
  [413, { _tag: 'BodyTooLarge', bytesMax: 65_536 }],
  [415, { _tag: 'MediaTypeUnknown', given: 'text/plain' }],
  [408, { _tag: 'RequestTooSlow', secondsMax: 10 }],
  [431, { _tag: 'HeadersTooLarge', bytesMax: 16_384 }],
  [400, { _tag: 'IdempotencyKeyMissing' }],
  [400, { _tag: 'IdempotencyKeyMalformed' }],
  [426, { _tag: 'UpgradeMissing', protocol: 'WebSocket' }],
  [401, { _tag: 'KeyMissing' }],
  [401, { _tag: 'KeyUnknown' }],
  [401, { _tag: 'KeyRevoked', keyId: 'aaaaaaaa' as KeyId }],
  [400, { _tag: 'IdempotencyKeyTwice' }],
  [422, { _tag: 'SecretSent', where: 'the body' }],
  [404, { _tag: 'AccountUnknown', account: 'x' }],
  [409, { _tag: 'AccountExists', account: 'side' as AccountId }],
  [
    409,
    {
      _tag: 'InsufficientFunds',
      account: 'side' as AccountId,
      currency: 'USDT' as Currency,
      asked: 3n as Amount,
      balance: 3n as Amount,
      needed: 4n as Amount,
      free: -1n as Amount,
    },
  ],
  [429, { _tag: 'TooManyRequests', perSecond: 20, waitMs: 1 }],
  [429, { _tag: 'TooManyKeysTried', perSecond: 5, waitMs: 2_001 }],
  [409, { _tag: 'ControlRefused', code: 'expired', message: 'Too late.' }],
  [404, { _tag: 'ProposalUnknown', proposal: 'x' }],
  [409, { _tag: 'ProposalHasEnded', proposal: 'x' as ProposalId, state: 'effective' }],
  [
    403,
    {
      _tag: 'SecondPersonNeeded',
      person: 'ann' as PersonId,
      did: 'asked for it',
      to: 'endorse it',
    },
  ],
  [429, { _tag: 'TooManyPending', book: 'side' as BookId, pending: 1_000 }],
  [409, { _tag: 'BookExists', book: 'side' as BookId }],
  [404, { _tag: 'ApiKeyNotFound', keyId: 'x' }],
  [409, { _tag: 'LastAdminKey', keyId: 'aaaaaaaa' as KeyId }],
  [401, { _tag: 'KeyTooLate', secondsMax: 5 }],
  [403, { _tag: 'OriginForbidden', origin: 'https://elsewhere.example' }],
  [403, { _tag: 'RoleMissing', anyOf: ['trader'], to: 'place orders' }],
  [403, { _tag: 'OrderOfAnother', orderId, anyOf: ['risk', 'operator'] }],
  [422, { _tag: 'IdempotencyKeyReused' }],
  [404, { _tag: 'OrderUnknown', orderId }],
  [409, { _tag: 'OrderHasEnded', orderId, status: 'filled' }],
  [404, { _tag: 'BookUnknown', book: 'side' as BookId }],
  [503, { _tag: 'LogUnreachable', written: 'nothing', detail: 'secret host' }],
  [503, { _tag: 'LogUnreachable', written: 'unknown', detail: 'secret host' }],
  [503, { _tag: 'ReadModelsUnreachable', detail: 'secret host' }],
  [503, { _tag: 'ProjectionBehind', asked: 9n, reached: 7n }],
  [503, { _tag: 'NotReady', detail: 'Soon.' }],
  [503, { _tag: 'StreamsExhausted', clientsMax: 1000 }],
  [503, { _tag: 'Contended', conflict }],
  [500, { _tag: 'AppendForbidden', stream: 'order-x' as never, detail: 'secret host' }],
  [500, { _tag: 'UnreadableEvent', position: 1n, stream: 's', type: 't', detail: 'secret host' }],
  [500, { _tag: 'Defect', error: new Error('secret host') }],
]

const retryAfter: Readonly<Record<number, unknown>> = {
  503: '1',
  429: expect.stringMatching(/^([13]|60)$/) as unknown,
}

describe('every fault is a problem', () => {
  test.each(faults.map(([status, fault]) => [fault._tag, status, fault] as const))(
    '%s is %d',
    (_, status, fault) => {
      const { problem, headers } = problemOf(fault, 'request-1')
      expect(problem).toMatchObject({ status, requestId: 'request-1' })
      expect(problem.type).toBe(`urn:daybook:problem:${problem.code}`)
      expect(E.isRight(Problem.decode(problem))).toBe(true)
      // What the inside says of itself stays inside.
      expect(JSON.stringify(problem)).not.toContain('secret')
      expect(headers['retry-after']).toStrictEqual(retryAfter[status])
      expect(isDefect(fault)).toBe(status === 500)
      expect(problem.detail).toMatch(/[.…]$/)
    },
  )
})

describe('faults in fields', () => {
  const field = (code: 'malformed' | 'invalid' | 'unknownSymbol') =>
    ({ pointer: '/a', code, detail: 'a is wrong.' }) as const
  test('are all told, under the code of the first', () => {
    const faulty: Fault = {
      _tag: 'FieldsWrong',
      faults: [field('unknownSymbol'), field('invalid')],
    }
    expect(problemOf(faulty, 'r').problem).toMatchObject({
      status: 422,
      code: 'unknownSymbol',
      detail: 'a is wrong. a is wrong.',
      errors: [
        { pointer: '/a', detail: 'a is wrong.' },
        { pointer: '/a', detail: 'a is wrong.' },
      ],
    })
  })
  test('of which one cannot be read make the request malformed', () => {
    const faulty: Fault = { _tag: 'FieldsWrong', faults: [field('invalid'), field('malformed')] }
    expect(problemOf(faulty, 'r').problem).toMatchObject({ status: 400, code: 'malformed' })
  })
})
