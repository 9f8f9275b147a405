import * as E from 'fp-ts/lib/Either.js'
import { expect, test, vi } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { successWords } from './log-copy-words.ts'
import { patientLog, type SourceUse, watchSource } from './log-source.ts'

const wrote = async (log: ReturnType<typeof memoryEventLog>, name: string): Promise<bigint> => {
  const appended = await log.append(accountNamed(name), 'noStream', [deposit(name)])
  if (E.isLeft(appended)) throw new Error('not written')
  return appended.right.lastPosition
}
const never = new AbortController().signal

test('a source that was written to while it was read is one that grows', async () => {
  const log = memoryEventLog()
  await wrote(log, 'a')
  const source = await watchSource(log)
  const end = await wrote(log, 'b')
  await source.log.readStored(0n, 10)
  expect(await source.look(end, never, 0)).toBe('grows')
})
test('so is one to which an event comes shortly after', async () => {
  const log = memoryEventLog()
  const end = await wrote(log, 'a')
  const source = await watchSource(log)
  await source.log.readStored(0n, 10)
  const looking = source.look(end, never, 60_000)
  await wrote(log, 'b')
  expect(await looking).toBe('grows')
})
test('where nothing comes, nothing is known', async () => {
  const log = memoryEventLog()
  const end = await wrote(log, 'a')
  const source = await watchSource(log)
  await source.log.readStored(0n, 10)
  expect(await source.look(end, never, 20)).toBe('unknown')
  const told = AbortSignal.abort()
  expect(await source.look(end, told, 60_000)).toBe('unknown')
})
test('of a source that may still be in use it is never said that a ledger can start on the copy', () => {
  const words = (use: SourceUse) =>
    successWords({ same: 3, added: 1, mode: 'copy', use, isNewFolder: false }).join(' ')
  expect(words('stopped')).toContain('A ledger that starts on the copy goes on from here')
  for (const use of ['runs', 'grows', 'unknown'] as const) {
    expect(words(use)).not.toContain('goes on from here;')
    expect(words(use)).toMatch(/[Ss]top .*give the same command again/)
  }
  expect(words('unknown')).toMatch(/cannot be seen/)
})

test('whom it waits for is said, once a call, and not where the answer is quick', async () => {
  vi.useFakeTimers()
  try {
    const said: string[] = []
    const tell = (name: string): void => void said.push(name)
    const log = memoryEventLog()
    const slow = patientLog(
      {
        ...log,
        head: async () => {
          await new Promise((resolve) => setTimeout(resolve, 9_000))
          return log.head()
        },
      },
      () => tell('the target'),
    )
    await slow.readStored(0n, 1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(said).toStrictEqual([])
    const asked = slow.head()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(said).toStrictEqual(['the target'])
    await vi.advanceTimersByTimeAsync(8_000)
    expect(await asked).toStrictEqual(await log.head())
    expect(said).toStrictEqual(['the target'])
  } finally {
    vi.useRealTimers()
  }
})
