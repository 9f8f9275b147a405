import { expect, test } from 'vitest'
import { signal } from './signal.ts'
import { took } from './testing/stage.ts'
import { turn } from './time.ts'

const long = 30_000

test('who waits is woken', async () => {
  const { wait, wake } = signal()
  const waiting = wait(long)
  wake()
  await waiting
})
test('what happened while nobody waited is told at once, and only once', async () => {
  const { wait, wake } = signal()
  wake()
  wake()
  await wait(long)
  const [, ms] = await took(wait(20))
  expect(ms).toBeGreaterThan(15)
})
test('what happens together wakes once', async () => {
  const { wait, wakeSoon } = signal()
  for (let n = 0; n < 100; n += 1) wakeSoon()
  await wait(long)
  await turn()
  const [, ms] = await took(wait(20))
  expect(ms).toBeGreaterThan(15)
})
test('it can be told soon again', async () => {
  const { wait, wakeSoon } = signal()
  wakeSoon()
  await wait(long)
  wakeSoon()
  await wait(long)
})
test('nobody wakes him: he goes on when the time is over', async () => {
  const { wait } = signal()
  const [, ms] = await took(wait(20))
  expect(ms).toBeGreaterThan(15)
})
