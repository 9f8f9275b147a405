import { expect, test } from 'vitest'
import { backOffMs, pause } from './back-off.ts'

test('doubles up to its bound, however often', () => {
  expect([0, 1, 2, 3, 5, 6, 1000].map((attempt) => backOffMs(attempt, 200, 10_000))).toStrictEqual([
    200, 400, 800, 1600, 6400, 10_000, 10_000,
  ])
})

test('a pause ends when the signal is aborted', async () => {
  const stopping = new AbortController()
  const paused = pause(3_600_000, stopping.signal)
  stopping.abort()
  await paused
  await pause(3_600_000, stopping.signal)
})
