import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { LogPage, ReadFailure, Subscription } from '#domain/kernel/event-log'
import { readingAhead } from './reading-ahead.ts'

type Answer = E.Either<ReadFailure, LogPage>
const page = (upTo: bigint, atHead = false): Answer => E.right({ events: [], upTo, atHead })
const away: Answer = E.left({ _tag: 'StoreUnreachable', detail: 'away' })

/** A subscription that gives these answers, and how often it was asked. */
const scripted = (answers: readonly Answer[]) => {
  let asked = 0
  const subscription: Subscription = {
    next: () => {
      const answer = answers[asked]
      asked += 1
      return answer === undefined ? Promise.reject(new Error('no more')) : Promise.resolve(answer)
    },
    close: () => Promise.resolve(),
  }
  return { reading: readingAhead(subscription), asked: () => asked }
}
const place = (answer: Answer): unknown =>
  E.isRight(answer) ? answer.right.upTo : answer.left._tag

test('gives every page once and in order, one ahead', async () => {
  const { reading, asked } = scripted([page(1n), page(2n), page(3n, true), page(4n, true)])
  expect(asked()).toBe(0)
  expect(place(await reading.next())).toBe(1n)
  expect(asked()).toBe(2)
  expect(place(await reading.next())).toBe(2n)
  expect(asked()).toBe(3)
  expect(place(await reading.next())).toBe(3n)
  expect(asked()).toBe(3)
  expect(place(await reading.next())).toBe(4n)
  expect(asked()).toBe(4)
})
test('asks for nothing more after a failure until it is wanted', async () => {
  const { reading, asked } = scripted([page(1n), away, page(2n)])
  expect(place(await reading.next())).toBe(1n)
  expect(place(await reading.next())).toBe('StoreUnreachable')
  expect(asked()).toBe(2)
  expect(place(await reading.next())).toBe(2n)
})
test('tells what breaks to whoever asks for it', async () => {
  const { reading } = scripted([page(1n)])
  await reading.next()
  await expect(reading.next()).rejects.toThrow('no more')
})
