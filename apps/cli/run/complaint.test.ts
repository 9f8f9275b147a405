import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastComplaint, sizeOf } from './complaint.ts'

const inLog = (text: string, check: (path: string) => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-complaint-'))
  const path = join(folder, 'api.log')
  writeFileSync(path, text)
  check(path)
  rmSync(folder, { recursive: true })
}

test('what an app complained of last is found in its log, all lines of it', () => {
  const log = '{"level":"info"}\ndaybook api: one\n{"level":"info"}\ndaybook api: two\nand more\n'
  inLog(log, (path) => {
    expect(lastComplaint(path, 'api', 0)).toBe('two\nand more')
    expect(lastComplaint(path, 'gateway', 0)).toBeUndefined()
  })
})

test('what it complained of in an earlier life does not count', () => {
  inLog('daybook api: one\n', (path) => {
    expect(lastComplaint(path, 'api', sizeOf(path))).toBeUndefined()
  })
})

test('of a very long log only the end is read, and a log that is gone says nothing', () => {
  inLog(`daybook api: early\n${'x'.repeat(100_000)}\ndaybook api: late\n`, (path) => {
    expect(lastComplaint(path, 'api', 0)).toBe('late')
  })
  expect(lastComplaint('/nowhere/api.log', 'api', 0)).toBeUndefined()
})
