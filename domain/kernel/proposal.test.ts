import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { enveloper } from '#domain/kernel/envelop'
import {
  appendBytesMax,
  appendEventsMax,
  eventBytesMax,
  proposal,
  writing,
} from '#domain/kernel/proposal'
import type { ProposedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import { accountStream, type StreamName } from '#schemas/streams'
import type { Amount } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  CorrelationId,
  Currency,
  EventId,
  Line,
  Nonce,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { apps } from '#schemas/writers'

describe('what no store would keep is refused before it is sent', () => {
  test('a stream that is none of ours', () => {
    refused('orders' as StreamName, deposit('x'), /no name of a stream/)
  })
  test("another app's event, and an event in another's stream", () => {
    const risk = 'risk-main' as StreamName
    refused(risk, deposit('x'), /is not written to such a stream by this app/)
    const asGateway = proposal(stream, 'noStream', [deposit('x')], writing(['gateway']))
    expect(asGateway).toMatchObject(E.left({ _tag: 'AppendForbidden' }))
  })
  test('anything but a kill switch without an exact revision', () => {
    const answer = proposal(stream, 'streamExists', [deposit('x')], mayWrite)
    expect(answer).toMatchObject(
      E.left({ detail: expect.stringMatching(/KillSwitchEngaged/) as string }),
    )
  })
  test('one id twice', () => {
    const event = deposit('x')
    expect(proposal(stream, 0n, [event, event], mayWrite)).toMatchObject(
      E.left({ detail: 'one id stands for several events' }),
    )
  })
  test('more events than one append may have', () => {
    const [first, ...others] = Array.from({ length: appendEventsMax + 1 }, () => deposit('x'))
    if (first === undefined) throw new Error('none')
    expect(E.isLeft(proposal(stream, 0n, [first, ...others], mayWrite))).toBe(true)
    expect(E.isRight(proposal(stream, 0n, [first, ...others.slice(1)], mayWrite))).toBe(true)
  })
  test('NUL and half a character, wherever they are', () => {
    for (const app of ['a\0', '\ud83d', 'a\udc00b']) {
      const event = deposit('x')
      const odd = { ...event, metadata: { ...event.metadata, actor: { app } } }
      expect(E.isLeft(proposal(stream, 0n, [odd], mayWrite)), app).toBe(true)
    }
    const event = deposit('x')
    const plain = { ...event, metadata: { ...event.metadata, actor: { app: '\\u0000 😀' } } }
    expect(E.isRight(proposal(stream, 0n, [plain], mayWrite))).toBe(true)
  })
  test('what its own codec does not take', () => {
    refused(stream, deposit('x'.repeat(501)), /reason/)
    refused(stream, deposit('NUL \0'), /reason/)
    refused(stream, deposit('half a character \ud83d'), /reason/)
  })
})

test('an append knows its size in bytes, whatever it is written in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (reason) => {
      const event = deposit(reason)
      const proposed = proposal(stream, 0n, [event], mayWrite)
      // Control characters are refused by the codec.
      fc.pre(E.isRight(proposed))
      const { data, metadata } = encodeProposed(event)
      const bytes =
        new TextEncoder().encode(data).length + new TextEncoder().encode(metadata).length
      expect(proposed).toMatchObject(E.right({ bytes }))
    }),
  )
})

test('the limits of an append leave room for its largest events', () => {
  expect(eventBytesMax).toBeLessThanOrEqual(appendBytesMax)
})

const stream = accountStream('main' as AccountId)
const mayWrite = writing(apps)

let made = 0
const uuid = (): string => `00000000-0000-7000-8000-${String((made += 1)).padStart(12, '0')}`
const deposit = (reason: string): ProposedEvent =>
  enveloper(
    'api',
    {
      eventId: () => uuid() as EventId,
      correlationId: () => uuid() as CorrelationId,
      nonce: () => '0'.repeat(32) as Nonce,
    },
    { now: () => 0 as Instant, monotonicMs: () => 0 },
  )(
    {
      type: 'FundsDeposited',
      account: 'main' as AccountId,
      book: 'main' as BookId,
      currency: 'USDT' as Currency,
      amount: 1n as Amount,
      reason: reason as Line,
    },
    { correlationId: uuid() as CorrelationId },
  )

const refused = (to: StreamName, event: ProposedEvent, says: RegExp): void => {
  expect(proposal(to, 'noStream', [event], mayWrite)).toMatchObject(
    E.left({ _tag: 'AppendForbidden', stream: to, detail: expect.stringMatching(says) as string }),
  )
}
