/** `deploy/certificates.sh`, with a stand-in for the vendor's tool: who is given what, and who may read it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './compose.ts'

const volumes = ['ca', 'ca-key', 'node-1', 'node-2', 'node-3']
let folder: string
let made: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-certificates-'))
  made = join(folder, 'made')
  for (const name of volumes) mkdirSync(join(made, name), { recursive: true })
  const tools = join(folder, 'tools')
  mkdirSync(tools)
  // It writes what it was asked for where a certificate would be.
  const tool = `#!/bin/bash
echo "$@" >> "${folder}/asked"
words="$*"
while [ "$1" != -out ]; do shift; done
mkdir -p "$2"
kind=\${words%% *}
name=\${kind#create-}
echo "$words" > "$2/$name.crt"
echo "key of $words" > "$2/$name.key"
`
  writeFileSync(join(tools, 'es-gencert-cli'), tool, { mode: 0o755 })
  const chown = `#!/bin/bash\necho "$@" >> "${folder}/owners"\n`
  writeFileSync(join(tools, 'chown'), chown, { mode: 0o755 })
})
afterEach(() => {
  spawnSync('chmod', ['-R', 'u+rwx', folder])
  rmSync(folder, { recursive: true, force: true })
})

const run = (): void => {
  const { status, stderr } = spawnSync('bash', [join(root, 'deploy/certificates.sh'), made], {
    encoding: 'utf8',
    env: { PATH: `${join(folder, 'tools')}:${process.env['PATH'] ?? ''}` },
  })
  expect({ status, stderr }).toStrictEqual({ status: 0, stderr: '' })
}
const linesOf = (name: string): readonly string[] =>
  readFileSync(join(folder, name), 'utf8').trim().split('\n')
const modeOf = (...path: readonly string[]): string =>
  (statSync(join(made, ...path)).mode & 0o777).toString(8)

test('each node gets a certificate for its own names and addresses, and a key that it alone reads', () => {
  run()
  for (const node of ['1', '2', '3']) {
    const name = `node-${node}`
    expect(readFileSync(join(made, name, 'node.crt'), 'utf8')).toContain(
      `-dns-names localhost,eventstore-${node} -ip-addresses 127.0.0.1,172.30.240.1${node}`,
    )
    expect([modeOf(name), modeOf(name, 'node.key')]).toStrictEqual(['500', '400'])
  }
  expect(linesOf('owners')).toStrictEqual(
    ['1', '2', '3'].map((node) => `-R 1000:1000 node-${node}`),
  )
})
test('the apps are given the authority, without its key', () => {
  run()
  expect([modeOf('ca'), modeOf('ca', 'ca.crt')]).toStrictEqual(['755', '444'])
  expect(() => statSync(join(made, 'ca/ca.key'))).toThrow()
  expect([modeOf('ca-key'), modeOf('ca-key', 'ca.key')]).toStrictEqual(['700', '400'])
})
test('a second start makes nothing anew', () => {
  run()
  const asked = linesOf('asked')
  expect(asked.map((line) => line.split(' ', 1)[0])).toStrictEqual([
    'create-ca',
    'create-node',
    'create-node',
    'create-node',
  ])
  run()
  expect(linesOf('asked')).toStrictEqual(asked)
})
test('where the authority was lost, all that it had signed is made anew', () => {
  run()
  spawnSync('chmod', ['-R', 'u+rwx', made])
  rmSync(join(made, 'ca-key/ca.key'))
  run()
  expect(linesOf('asked').length).toBe(8)
})
