import { describe, expect, test } from 'vitest'
import type { App } from '#apps/process/app'
import { standingOf, storingTrouble } from './standing.ts'

const idle = { stored: 0, known: 0, dropped: 0, waiting: 0 }
const stuck = 'ticks are told and not stored: the database does not take them'

describe('the storing of ticks', () => {
  const looked = (looks: readonly (readonly [atMs: number, done: number, waiting: number])[]) => {
    let [now, stats] = [0, idle]
    const trouble = storingTrouble(
      () => stats,
      () => now,
    )
    return looks.map(([atMs, stored, waiting]) => {
      now = atMs
      stats = { ...idle, stored, waiting }
      return trouble()
    })
  }
  test('is well while it goes on, however much waits', () => {
    expect(
      looked([
        [4_000, 1, 900],
        [8_000, 2, 900],
        [12_000, 3, 900],
      ]),
    ).not.toContain(stuck)
  })
  test('is well where nothing waits', () => {
    expect(
      looked([
        [60_000, 0, 0],
        [120_000, 0, 0],
      ]),
    ).not.toContain(stuck)
  })
  test('is stuck where ticks wait and nothing moves, and well again once it does', () => {
    expect(
      looked([
        [1_000, 7, 1],
        [5_999, 7, 40],
        [6_000, 7, 50],
        [6_500, 8, 49],
      ]),
    ).toStrictEqual([undefined, undefined, stuck, undefined])
  })
})

test('what the source says and what is wrong beside it are both told', async () => {
  const told: unknown[] = []
  const stopping = new AbortController()
  const app = {
    stopping: stopping.signal,
    current: () => ({ state: 'starting' }),
    report: (...said: unknown[]) => void told.push(said),
  } as unknown as App
  let trouble: string | undefined
  const standing = standingOf(app, () => trouble)
  standing.app.report('ready', undefined, 'coinbase')
  trouble = stuck
  standing.app.report('ready')
  trouble = undefined
  const watched = standing.watch()
  stopping.abort()
  await watched
  expect(told).toStrictEqual([
    ['ready', undefined, 'coinbase'],
    ['ready', undefined, stuck],
    ['ready', undefined, undefined],
  ])
})
