/** The demonstration in its short form, on the simulated market: it trades, judges itself, and leaves nothing behind. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const run = promisify(execFile)
const bundle = join(import.meta.dirname, '../../build/apps/demo.mjs')
const folder = mkdtempSync(join(tmpdir(), 'daybook-short-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('trades on every kind of instrument, and every promise is kept', {
  timeout: 180_000,
}, async () => {
  const { stdout, stderr } = await run(process.execPath, [bundle, '--short', '--orders', '120'], {
    env: { ...process.env, TMPDIR: folder, DAYBOOK_RECORDINGS: join(folder, 'none') },
    timeout: 170_000,
  })
  expect(stderr).toContain('Market: simulated.')
  expect(stderr).not.toContain('NOT AS IT SHOULD BE')
  expect(stderr).toMatch(/\d+ orders, 35 proofs/)
  for (const kind of ['limit gtc post-only', 'limit fok', 'limit gtd', 'stop gtc', 'market ioc'])
    expect(stdout).toContain(kind)
  for (const promise of ['P2', 'I7', 'loss', 'I8', 'I15', 'reduce-only', 'funding', 'stream'])
    expect(stdout).toMatch(new RegExp(`│ ${promise} +│`))
  expect(readdirSync(folder)).toStrictEqual([])
})
