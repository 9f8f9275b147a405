/** What `deploy/secrets.sh` leaves behind, and what it says where something is there already. */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { faultInLogUrl } from '#apps/process/log-address'
import { root } from './compose.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-secrets-'))
  copyFileSync(join(root, 'deploy/secrets.sh'), join(folder, 'secrets.sh'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const run = (...words: readonly string[]) => {
  const script = [join(folder, 'secrets.sh'), ...words]
  const { status, stdout, stderr } = spawnSync('bash', script, { encoding: 'utf8' })
  return { status, stdout, stderr }
}
const fileOf = (name: string): string => join(folder, 'secrets', name)
const logUrl = (): string => readFileSync(fileOf('log_url'), 'utf8').trim()
const write = (url: string): void => {
  rmSync(fileOf('log_url'), { force: true })
  writeFileSync(fileOf('log_url'), `${url}\n`)
}
const modeOf = (path: string): number => statSync(path).mode & 0o777

const single = 'esdb://eventstore:2113?tls=false'

describe('the address of the log', () => {
  test.each([
    ['live', [], /^esdb:\/\/eventstore:2113\?/],
    ['cluster', ['cluster'], /^esdb\+discover:.*@eventstore-1:2113,.*tlsCAFile=\/certificates\//],
  ])('%s gets one that the apps take', (_, words, form) => {
    expect(run(...words)).toMatchObject({ status: 0, stderr: '' })
    expect(logUrl()).toMatch(form)
    expect(faultInLogUrl(logUrl())).toBeUndefined()
  })
  test('follows from one node to three and back, and the script says so', () => {
    run()
    const first = readFileSync(fileOf('first_key'), 'utf8')
    const there = run('cluster')
    expect(there.status).toBe(0)
    expect(there.stdout).toMatch(/^deploy\/secrets\/log_url names the three nodes now/)
    expect(there.stdout).not.toContain('changeit')
    expect(logUrl()).toContain('eventstore-3:2113')
    const back = run()
    expect(back.stdout).toMatch(/^deploy\/secrets\/log_url names the single node now/)
    expect(logUrl()).toBe(single)
    expect(readFileSync(fileOf('first_key'), 'utf8')).toBe(first)
  })
  test('with a password of its own it is never written over: the script refuses', () => {
    run('cluster')
    const own = logUrl().replace('changeit', 'mine')
    write(own)
    expect(run('cluster')).toMatchObject({ status: 0, stderr: '' })
    const refused = run()
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toMatch(/log_url names the three nodes.*Remove it/s)
    expect(refused.stderr).not.toContain('mine')
    expect(logUrl()).toBe(own)
  })
  test('of a server elsewhere stays, and the script says that no node of its own is meant', () => {
    run()
    write('esdb://admin:mine@log.example:2113')
    const kept = run('cluster')
    expect(kept).toMatchObject({ status: 0, stderr: '' })
    expect(kept.stdout).toMatch(/log_url names a server elsewhere: it stays/)
    expect(kept.stdout).not.toContain('mine')
    expect(logUrl()).toBe('esdb://admin:mine@log.example:2113')
  })
})

describe('who may read what', () => {
  test('nobody else enters the secrets, and the containers read the recordings', () => {
    run()
    expect(modeOf(join(folder, 'secrets'))).toBe(0o700)
    expect(modeOf(join(folder, 'recordings'))).toBe(0o755)
  })
  test('recordings that were closed are opened', () => {
    mkdirSync(join(folder, 'recordings'), { mode: 0o700 })
    run()
    expect(modeOf(join(folder, 'recordings'))).toBe(0o755)
  })
})

test('a word that it does not know writes nothing', () => {
  expect(run('clutser')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'usage: deploy/secrets.sh [cluster]\n',
  })
  expect(() => statSync(join(folder, 'secrets'))).toThrow()
})
