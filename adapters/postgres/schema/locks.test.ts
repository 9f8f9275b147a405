import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { locks } from './locks.ts'

const folder = join(import.meta.dirname, '..')
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
)

test('no two locks have one number', () => {
  const numbers = Object.values(locks)
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('every advisory lock is named here', () => {
  const asked = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/advisory_\w*lock\(([^)]*)\)/g)].map(
      ([, number]) => number,
    ),
  )
  expect(asked.length).toBeGreaterThanOrEqual(Object.keys(locks).length)
  expect(asked.filter((number) => !/^\$\{locks\.\w+\}$/.test(number ?? ''))).toStrictEqual([])
})
