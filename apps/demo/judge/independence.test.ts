/** What the judge works out shares nothing with what it judges: it imports itself, and of the ledger only what rows are. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const files = readdirSync(import.meta.dirname).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
)
const importsOf = (name: string): readonly string[] =>
  [...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/from '([^']+)'/g)].map(
    (match) => match[1] ?? '',
  )
/** It says itself that it derives by the guard's own rules. */
const derivesByRules = 'derived.ts'

test('nothing but itself, and the words of a stored row', () => {
  expect(files.length).toBeGreaterThan(15)
  const foreign = files
    .filter((name) => name !== derivesByRules)
    .flatMap((name) => importsOf(name).map((from) => `${name} ${from}`))
    .filter((line) => !/ \.\/[a-z-]+\.ts$| #schemas\/envelope$/.test(line))
  expect(foreign).toStrictEqual([])
})
test('one of it does, and says so', () => {
  expect(importsOf(derivesByRules)).toContain('#domain/risk/derive')
})
