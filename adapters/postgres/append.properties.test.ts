/** Whatever the store does, the appender sends the same bytes for the same id, in order, and answers everybody. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { type Proposal, proposal, writing } from '#domain/kernel/proposal'
import { openAppender } from './append.ts'
import type { Session, Statement } from './connection.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('an id never stands for two contents on the wire, through any losses', async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked, fc.array(fc.boolean(), { maxLength: 12 }), async (asked, losses) => {
      const { session, calls } = losing(losses)
      const answers = await appendAll(session, asked)
      expect(answers.every(E.isRight)).toBe(true)
      const contents = new Map<string, string>()
      for (const { id, data, metadata } of calls.flatMap(sent)) {
        const content = `${data}\n${metadata}`
        expect(contents.get(id) ?? content).toBe(content)
        contents.set(id, content)
      }
      expect(contents.size).toBe(asked.reduce((sum, { count }) => sum + count, 0))
    }),
  )
})

test('of one stream the next append waits for the answer to the one before it', async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked, fc.array(fc.boolean(), { maxLength: 12 }), async (asked, losses) => {
      const { session, calls } = losing(losses)
      await appendAll(session, asked)
      for (const call of calls) {
        const streams = texts(call.values[0])
        expect(new Set(streams).size).toBe(streams.length)
        expect(texts(call.values[3]).length).toBeLessThanOrEqual(256)
      }
      // Without the repetitions each stream's events come in the order in which they were asked.
      const order = [...new Set(calls.flatMap(sent).map(({ data }) => reasonOf(data)))]
      const byStream = (stream: string) => order.filter((reason) => reason.startsWith(`${stream}:`))
      for (const stream of new Set(asked.map((one) => one.stream))) {
        const numbers = byStream(stream).map((reason) => Number(reason.split(':')[1]))
        expect(numbers).toStrictEqual(numbers.toSorted((a, b) => a - b))
      }
    }),
  )
})

test('when the store never answers, everybody is told in time', async () => {
  const session: Session = {
    query: () => Promise.reject(new Error('away')),
    close: () => Promise.resolve(),
  }
  const asked = Array.from({ length: 300 }, (_, index) => ({
    stream: `s${String(index % 7)}`,
    count: 1,
  }))
  const from = Date.now()
  const answers = await appendAll(session, asked)
  expect(answers).toStrictEqual(
    answers.map(() => E.left({ _tag: 'StoreUnreachable', detail: expect.any(String) as string })),
  )
  expect(Date.now() - from).toBeLessThan(patienceMs + 1_000)
})

const patienceMs = 60_000

interface Asked {
  readonly stream: string
  readonly count: number
}
const anyAsked = fc.array(
  fc.record({
    stream: fc.constantFrom('a', 'b', 'c', 'd'),
    count: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 30 },
)

const appendAll = async (session: Session, asked: readonly Asked[]) => {
  const appender = openAppender(session, patienceMs)
  const answers = Promise.all(asked.map((one, index) => appender.append(proposed(one, index))))
  await vi.runAllTimersAsync()
  return answers
}

const mayWrite = writing(['api'])
const proposed = ({ stream, count }: Asked, index: number): Proposal => {
  const make = () => deposit(stream, `${stream}:${String(index)}`)
  const made = proposal(
    accountNamed(stream),
    'noStream',
    [make(), ...Array.from({ length: count - 1 }, make)],
    mayWrite,
  )
  if (E.isLeft(made)) throw new Error(made.left.detail)
  return made.right
}

/** A connection that loses the calls so marked, and acknowledges the others. */
const losing = (losses: readonly boolean[]) => {
  const calls: Statement[] = []
  const session: Session = {
    query: (statement) => {
      const lost = losses[calls.length] ?? false
      calls.push(statement)
      return lost ? Promise.reject(new Error('lost')) : Promise.resolve([['all', null, 1n, 1n]])
    },
    close: () => Promise.resolve(),
  }
  return { session, calls }
}

const sent = ({ values }: Statement) => {
  const [datas, metadatas] = [texts(values[7]), texts(values[8])]
  const ids = String(values[5]).slice(1, -1).split(',')
  return ids.map((id, index) => ({
    id,
    data: datas[index] ?? '',
    metadata: metadatas[index] ?? '',
  }))
}

const reasonOf = (data: string): string => /"reason":"([^"]*)"/.exec(data)?.[1] ?? ''

/** Reads PostgreSQL's binary form of a list of texts. */
const texts = (value: unknown): readonly string[] => {
  const buffer = value as Buffer
  const found: string[] = []
  for (let at = 20; at < buffer.length; ) {
    const length = buffer.readInt32BE(at)
    found.push(buffer.toString('utf8', at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}
