/** The settings table of the README: every variable that the code names, and none that it does not. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './compose.ts'

/** `DAYBOOK_KEY_FILE` is DAYBOOK_KEY; a name that ends with a dash of its own is none, but the beginning of several. */
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bDAYBOOK_[A-Z]+(?:_[A-Z]+)*\b(?!_)/g)].map(([name]) =>
    name.replace(/_FILE$/, ''),
  )

const skipped = /(^|\/)(node_modules|build|recordings|secrets)(\/|$)/
const folders = ['adapters', 'apps', 'bench', 'deploy', 'domain', 'projections', 'schemas', 'tools']
const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|sh|mjs|json)$/.test(path) && !skipped.test(path))
    .map((path) => join(folder, path))
const alone = [
  'Makefile',
  'Dockerfile',
  'docker-compose.yml',
  '.github/workflows/ci.yml',
  '.ci/run',
]
/** Between a test and the process that it starts. */
const ownOfTests = new Set(['DAYBOOK_TEST_DEAF', 'DAYBOOK_TEST_JOURNAL', 'DAYBOOK_TEST_PAUSE'])

const inCode = new Set(
  [...folders.flatMap(filesOf), ...alone]
    .flatMap((path) => namesIn(readFileSync(join(root, path), 'utf8')))
    .filter((name) => !ownOfTests.has(name)),
)
const [, settings = ''] =
  /\n## Settings\n(.*?)\n## /s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
const inTable = new Set(
  settings
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap(namesIn),
)

test('has every variable that the code names', () => {
  expect([...inCode].filter((name) => !inTable.has(name)).sort()).toStrictEqual([])
})
test('has none that the code does not name', () => {
  expect(inCode.size).toBeGreaterThan(35)
  expect([...inTable].filter((name) => !inCode.has(name)).sort()).toStrictEqual([])
})
